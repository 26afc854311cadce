/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the files of this folder share. Main thread. */
#pragma once

#include "mx-attachment.h"
#include "mx-media-cache.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

MxSession *mx_media_cache_get_session (MxMediaCache *self); /* borrowed */
/* A thread for what reads whole files: hashing, encrypting. Borrowed. */
MxWorker *mx_media_cache_get_worker (MxMediaCache *self);
/* From the text of an MxMediaInfo. */
MxAttachmentKey *mx_media_parse_key (const char *encrypted_file, GError **error);

G_END_DECLS
