/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Hostile rules, then a hostile event (behind the first new line), evaluated. */
#include "fuzz.h"

#include "mx-push-rules.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const MxPushContext context = {
    .user_id = "@moi:b.fr",
    .display_name = "Moi *?",
    .joined_members = 2,
    .sender_power = 50,
    .room_notification_power = 50,
    .room_id = "!r:b.fr",
  };
  g_autofree char *input = g_strndup ((const char *) data, size);
  char *second = strchr (input, '\n');
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxPushRules) rules = NULL;
  g_autoptr (MxEvent) event = NULL;

  if (second != NULL)
    *second++ = '\0';
  document = mx_json_document_parse (input, -1, NULL);
  if (document == NULL)
    return 0;

  rules = mx_push_rules_new (mx_json_document_root (document));
  mx_push_rules_get_room_setting (rules, context.room_id);
  if (second != NULL)
    event = mx_event_new_from_text (second, NULL);
  if (event != NULL)
    {
      MxPushActions actions = mx_push_rules_evaluate (rules, event, &context);

      g_assert_true (actions.notify || (!actions.highlight && !actions.sound));
    }

  return 0;
}
