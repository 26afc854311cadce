/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An organisation's own certificate authority beside the system's trust store. The system's store
 * is not one file that could be joined with another (it may be p11-kit, a token, a portal), so it
 * stays in charge of the connection; only a certificate that it refuses is verified again, wholly
 * (chain, name, dates), against the added file. Main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The authorities of a PEM file. Error: unreadable, or no certificate in it. */
GTlsDatabase *mx_trust_load (const char *ca_file, GError **error);
/* TRUE when certificate is a valid server certificate for the host of uri by the added authorities
 * alone. */
gboolean mx_trust_accepts (GTlsDatabase *added, GTlsCertificate *certificate, GUri *uri);
/* What is wrong with a certificate, in words: "expired, unknown authority". Caller owns. */
char *mx_trust_describe (GTlsCertificateFlags flags);

G_END_DECLS
