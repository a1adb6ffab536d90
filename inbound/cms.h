/*
 * cms: the outer shell of S/MIME's application/pkcs7-mime: whether it is signed or encrypted, and what stands inside a signature.
 *
 * Shape    BER or DER: ContentInfo, then SignedData with its content, or one of the encrypted kinds. Nothing is verified: the border proves who
 *          wrote a letter, a certificate that nobody here knows does not.
 * Owns     Pieces point into the input: a content may be cut into many (constructed strings, as streaming signers write).
 * Errors   CMS_NOTHING for anything that cannot be read.
 * State    None.
 * Source   RFC 5652 sections 3 and 5, RFC 8551, X.690.
 */
#ifndef INBOUND_CMS_H
#define INBOUND_CMS_H

#include "base/arena.h"

#define CMS_MAX_PIECES 16384

enum cms_kind { CMS_NOTHING, CMS_SIGNED, CMS_ENCRYPTED };

struct cms {
    enum cms_kind kind;
    const char
        *from; /* the octet string that holds the content, with its own header; NULL when the signature stands apart */
    size_t from_n;
    size_t n; /* bytes of content in all */
    size_t piece_count;
};

struct cms cms_open(const char *ber, size_t n);
/* The content in one piece of cms->n bytes. */
char *cms_join(const struct cms *cms, struct arena *mem);

#endif
