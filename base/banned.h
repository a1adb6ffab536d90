/*
 * banned: calls that this code never makes, refused by the compiler.
 *
 * Every file gets this header by -include. Each name has a better one here: strbuf for building text,
 * base/text.h for reading numbers, the clock port for time.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#ifndef __cplusplus
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok strtok_r
#pragma GCC poison atoi atol atoll sscanf localtime gmtime ctime asctime tmpnam mktemp
#endif

#endif
