/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Verification messages as they come in. Private to verification/. */
#pragma once

#include "mx-verifications-private.h"

G_BEGIN_DECLS

/* A request of ours is on its way to a room: answers wait until its event id is known. */
void mx_verifications_expect (MxVerifications *self, const char *room_id);
void mx_verifications_expect_no_more (MxVerifications *self, const char *room_id);

G_END_DECLS
