/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An organisation's own certificate authority beside the system's trust store. */
#include "config.h"

#include "mx-trust.h"

#include "mx-error.h"

GTlsDatabase *
mx_trust_load (const char *ca_file, GError **error)
{
  g_autofree char *path = g_canonicalize_filename (ca_file, NULL);
  g_autolist (GTlsCertificate) certificates = NULL;
  g_autoptr (GError) reason = NULL;
  GTlsDatabase *database = NULL;

  certificates = g_tls_certificate_list_new_from_file (path, &reason);
  if (certificates != NULL)
    database = g_tls_file_database_new (path, &reason);
  if (database == NULL && error != NULL)
    *error = mx_matrix_error_new (MX_MATRIX_ERROR_BAD_CA_FILE,
                                  0,
                                  NULL,
                                  -1,
                                  reason != NULL ? reason->message
                                                 : "There is no certificate in the file");
  return database;
}

GTlsCertificateFlags
mx_trust_check (GTlsDatabase *added, GTlsCertificate *certificate, GUri *uri)
{
  g_autoptr (GSocketConnectable) identity = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificateFlags flags;

  identity = g_network_address_new (g_uri_get_host (uri), 443);
  flags = g_tls_database_verify_chain (added,
                                       certificate,
                                       G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                       identity,
                                       NULL,
                                       G_TLS_DATABASE_VERIFY_NONE,
                                       NULL,
                                       &error);
  if (error != NULL)
    {
      g_debug ("The added authorities could not be asked: %s", error->message);
      return G_TLS_CERTIFICATE_UNKNOWN_CA;
    }
  return flags;
}

static char *
describe (GTlsCertificateFlags flags)
{
  static const struct
  {
    GTlsCertificateFlags flag;
    const char *words;
  } table[] = {
    { G_TLS_CERTIFICATE_UNKNOWN_CA, "unknown authority" },
    { G_TLS_CERTIFICATE_BAD_IDENTITY, "issued for another name" },
    { G_TLS_CERTIFICATE_NOT_ACTIVATED, "not valid yet" },
    { G_TLS_CERTIFICATE_EXPIRED, "expired" },
    { G_TLS_CERTIFICATE_REVOKED, "revoked" },
    { G_TLS_CERTIFICATE_INSECURE, "insecure algorithm" },
    { G_TLS_CERTIFICATE_GENERIC_ERROR, "malformed or unusable" },
  };
  GString *words = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (flags & table[i].flag)
      g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", table[i].words);

  if (words->len == 0)
    g_string_append (words, "not acceptable");
  return g_string_free_and_steal (words);
}

GError *
mx_trust_error_new (GTlsCertificateFlags flags)
{
  const GTlsCertificateFlags date = G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_NOT_ACTIVATED;
  const GTlsCertificateFlags other = ~(date | G_TLS_CERTIFICATE_BAD_IDENTITY);
  g_autofree char *words = describe (flags);
  g_autofree char *message = g_strdup_printf ("The server's certificate was refused: %s", words);

  if (flags == 0 || (flags & other) != 0)
    return g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, message);
  return mx_matrix_error_new ((flags & G_TLS_CERTIFICATE_BAD_IDENTITY) != 0
                                ? MX_MATRIX_ERROR_CERTIFICATE_NAME
                                : MX_MATRIX_ERROR_CERTIFICATE_DATE,
                              0,
                              NULL,
                              -1,
                              message);
}
