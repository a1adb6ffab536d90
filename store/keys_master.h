/* keys_master: what keys_master.c (the installation's key, from a file or a command) derives for keys.c. Nobody else includes this. */
#ifndef STORE_KEYS_MASTER_H
#define STORE_KEYS_MASTER_H

#include "store/keys.h"

struct keys {
    struct crypt_key wrap, box_public, box_secret;
    unsigned char check[CRYPT_MAC_BYTES]; /* tells the installation's key from others and tells nothing else */
};

#endif
