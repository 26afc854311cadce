/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The page "Encrypted Messages" of the preferences (research/tchap §5.4): this device, the backup
 * and its code, the keys as a file. It shows plain values and says what is wanted. Main thread.
 * Signals: "wanted" (int: ChappeEncryptionWish), "backup-wanted" (boolean: switched by the user).
 */
#pragma once

#include "mx-encryption.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  CHAPPE_WISH_SET_UP,
  CHAPPE_WISH_VERIFY,
  CHAPPE_WISH_ENTER_CODE,
  CHAPPE_WISH_CHANGE_CODE,
  CHAPPE_WISH_FORGOTTEN_CODE,
  CHAPPE_WISH_RESET,
  CHAPPE_WISH_DEVICES,
  CHAPPE_WISH_EXPORT,
  CHAPPE_WISH_IMPORT,
  CHAPPE_WISH_SIGN_OUT,
} ChappeEncryptionWish;

typedef struct
{
  MxOwnIdentity identity;
  MxBackupState backup;
  unsigned pending; /* sessions that are not in the backup yet */
  unsigned total;
  gboolean has_recovery;
  const GError *error;     /* nullable: what this device cannot recover from */
  const char *fingerprint; /* nullable */
} ChappeEncryptionFacts;

#define CHAPPE_TYPE_ENCRYPTION_PAGE (chappe_encryption_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeEncryptionPage,
                      chappe_encryption_page,
                      CHAPPE,
                      ENCRYPTION_PAGE,
                      AdwPreferencesPage)

void chappe_encryption_page_show (ChappeEncryptionPage *self, const ChappeEncryptionFacts *facts);
/* Nothing can be done about the backup for the moment. */
void chappe_encryption_page_set_busy (ChappeEncryptionPage *self, gboolean busy);
/* What the exported keys are called: "Tchap Keys". */
void chappe_encryption_page_set_keys_title (ChappeEncryptionPage *self, const char *title);

G_END_DECLS
