/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The table of the specification. The order is part of the protocol. */
#include "config.h"

#include "mx-sas-emoji.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *symbol;
  const char *name;
} emoji[] = {
  { "🐶", NC_ ("verification emoji", "Dog") },
  { "🐱", NC_ ("verification emoji", "Cat") },
  { "🦁", NC_ ("verification emoji", "Lion") },
  { "🐎", NC_ ("verification emoji", "Horse") },
  { "🦄", NC_ ("verification emoji", "Unicorn") },
  { "🐷", NC_ ("verification emoji", "Pig") },
  { "🐘", NC_ ("verification emoji", "Elephant") },
  { "🐰", NC_ ("verification emoji", "Rabbit") },
  { "🐼", NC_ ("verification emoji", "Panda") },
  { "🐓", NC_ ("verification emoji", "Rooster") },
  { "🐧", NC_ ("verification emoji", "Penguin") },
  { "🐢", NC_ ("verification emoji", "Turtle") },
  { "🐟", NC_ ("verification emoji", "Fish") },
  { "🐙", NC_ ("verification emoji", "Octopus") },
  { "🦋", NC_ ("verification emoji", "Butterfly") },
  { "🌷", NC_ ("verification emoji", "Flower") },
  { "🌳", NC_ ("verification emoji", "Tree") },
  { "🌵", NC_ ("verification emoji", "Cactus") },
  { "🍄", NC_ ("verification emoji", "Mushroom") },
  { "🌏", NC_ ("verification emoji", "Globe") },
  { "🌙", NC_ ("verification emoji", "Moon") },
  { "☁️", NC_ ("verification emoji", "Cloud") },
  { "🔥", NC_ ("verification emoji", "Fire") },
  { "🍌", NC_ ("verification emoji", "Banana") },
  { "🍎", NC_ ("verification emoji", "Apple") },
  { "🍓", NC_ ("verification emoji", "Strawberry") },
  { "🌽", NC_ ("verification emoji", "Corn") },
  { "🍕", NC_ ("verification emoji", "Pizza") },
  { "🎂", NC_ ("verification emoji", "Cake") },
  { "❤️", NC_ ("verification emoji", "Heart") },
  { "😀", NC_ ("verification emoji", "Smiley") },
  { "🤖", NC_ ("verification emoji", "Robot") },
  { "🎩", NC_ ("verification emoji", "Hat") },
  { "👓", NC_ ("verification emoji", "Glasses") },
  { "🔧", NC_ ("verification emoji", "Spanner") },
  { "🎅", NC_ ("verification emoji", "Santa") },
  { "👍", NC_ ("verification emoji", "Thumbs Up") },
  { "☂️", NC_ ("verification emoji", "Umbrella") },
  { "⌛", NC_ ("verification emoji", "Hourglass") },
  { "⏰", NC_ ("verification emoji", "Clock") },
  { "🎁", NC_ ("verification emoji", "Gift") },
  { "💡", NC_ ("verification emoji", "Light Bulb") },
  { "📕", NC_ ("verification emoji", "Book") },
  { "✏️", NC_ ("verification emoji", "Pencil") },
  { "📎", NC_ ("verification emoji", "Paperclip") },
  { "✂️", NC_ ("verification emoji", "Scissors") },
  { "🔒", NC_ ("verification emoji", "Lock") },
  { "🔑", NC_ ("verification emoji", "Key") },
  { "🔨", NC_ ("verification emoji", "Hammer") },
  { "☎️", NC_ ("verification emoji", "Telephone") },
  { "🏁", NC_ ("verification emoji", "Flag") },
  { "🚂", NC_ ("verification emoji", "Train") },
  { "🚲", NC_ ("verification emoji", "Bicycle") },
  { "✈️", NC_ ("verification emoji", "Aeroplane") },
  { "🚀", NC_ ("verification emoji", "Rocket") },
  { "🏆", NC_ ("verification emoji", "Trophy") },
  { "⚽", NC_ ("verification emoji", "Ball") },
  { "🎸", NC_ ("verification emoji", "Guitar") },
  { "🎺", NC_ ("verification emoji", "Trumpet") },
  { "🔔", NC_ ("verification emoji", "Bell") },
  { "⚓", NC_ ("verification emoji", "Anchor") },
  { "🎧", NC_ ("verification emoji", "Headphones") },
  { "📁", NC_ ("verification emoji", "Folder") },
  { "📌", NC_ ("verification emoji", "Pin") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (emoji) == 64);

const char *
mx_sas_emoji_get_symbol (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (emoji), "");

  return emoji[index].symbol;
}

const char *
mx_sas_emoji_get_name (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (emoji), "");

  return g_dpgettext2 (GETTEXT_PACKAGE, "verification emoji", emoji[index].name);
}
