// SPDX-License-Identifier: Apache-2.0
// libcrypto's digests. Called by Hashing only.

#include <openssl/crypto.h>
#include <openssl/evp.h>
