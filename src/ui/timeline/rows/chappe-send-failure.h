/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Why a message of ours was not sent, and what can be done: retry, edit, delete. Main thread. */
#pragma once

#include "mx-timeline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SEND_FAILURE (chappe_send_failure_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSendFailure, chappe_send_failure, CHAPPE, SEND_FAILURE, GtkBox)

GtkWidget *chappe_send_failure_new (void);
void chappe_send_failure_set (ChappeSendFailure *self, MxTimelineItem *item);

G_END_DECLS
