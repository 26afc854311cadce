/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An organisation's own certificate authority beside the system's trust store. The system's store
 * is not one file that could be joined with another (it may be p11-kit, a token, a portal), so it
 * stays in charge of the connection; only a certificate that it refuses is verified again, wholly
 * (chain, name, dates), against the added file. Main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The authorities of a PEM file. Error: BAD_CA_FILE. */
GTlsDatabase *mx_trust_load (const char *ca_file, GError **error);
/* What is wrong with certificate as that of the host of uri, by the added authorities alone. 0: it
 * is valid. */
GTlsCertificateFlags mx_trust_check (GTlsDatabase *added, GTlsCertificate *certificate, GUri *uri);
/* Why a certificate was refused: CERTIFICATE_DATE or CERTIFICATE_NAME where its authority is known,
 * G_TLS_ERROR_BAD_CERTIFICATE else; words in its message. */
GError *mx_trust_error_new (GTlsCertificateFlags flags);

G_END_DECLS
