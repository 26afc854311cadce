/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The round picture of a person or a room. Rows are recycled: what arrives for an earlier picture
 * is told by its number. */
#include "config.h"

#include "chappe-avatar.h"

#include "chappe-texture-loader.h"

#include "mx-flow.h"

/* In pixels: twice the size of most, so that one picture per person serves all sizes and screens.
 */
#define PICTURE_SIZE 96

struct _ChappeAvatar
{
  AdwBin parent_instance;

  AdwAvatar *avatar;
  MxSession *session;
  char *mxc; /* of the picture */
  unsigned request;
};

G_DEFINE_FINAL_TYPE (ChappeAvatar, chappe_avatar, ADW_TYPE_BIN)

typedef enum
{
  PROP_SIZE = 1,
} ChappeAvatarProperty;

static GParamSpec *properties[PROP_SIZE + 1];

char *
chappe_avatar_dup_initials_text (const char *name)
{
  const char *bracket = NULL;
  char *text = NULL;

  if (name == NULL)
    return g_strdup ("");
  bracket = strchr (name, '[');
  text = bracket != NULL && bracket != name ? g_strndup (name, bracket - name) : g_strdup (name);
  return g_strstrip (text);
}

/* A picture that fails is not missed: the initials stay. */

static gboolean
is_current (ChappeAvatar *self, gpointer user_data)
{
  return GPOINTER_TO_UINT (user_data) == self->request && self->mxc != NULL;
}

static void
loaded_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeAvatar *self = CHAPPE_AVATAR (owner);

  if (error == NULL && is_current (self, user_data))
    adw_avatar_set_custom_image (self->avatar, GDK_PAINTABLE (g_value_get_object (value)));
}

/* One for all: there are hundreds of avatars. */
static GSettings *
get_settings (void)
{
  static GSettings *settings;

  if (settings == NULL)
    settings = g_settings_new (APPLICATION_ID);
  return settings;
}

static void
show_picture (ChappeAvatar *self)
{
  g_autoptr (GdkTexture) known = NULL;
  gboolean wanted = self->mxc != NULL && self->session != NULL &&
                    g_settings_get_boolean (get_settings (), "show-avatars");

  self->request++;
  if (wanted)
    known = chappe_texture_peek (self->session, self->mxc, PICTURE_SIZE, PICTURE_SIZE);
  adw_avatar_set_custom_image (self->avatar, GDK_PAINTABLE (known));
  if (wanted && known == NULL)
    mx_watch (self,
              chappe_texture_load (self->session, self->mxc, PICTURE_SIZE, PICTURE_SIZE, TRUE),
              loaded_cb,
              GUINT_TO_POINTER (self->request));
}

void
chappe_avatar_set (ChappeAvatar *self, MxSession *session, const char *mxc, const char *name)
{
  g_autofree char *text = NULL;
  gboolean other = FALSE;

  g_return_if_fail (CHAPPE_IS_AVATAR (self));

  text = chappe_avatar_dup_initials_text (name);
  adw_avatar_set_text (self->avatar, text);
  other = g_set_str (&self->mxc, mxc);
  if (g_set_object (&self->session, session) || other)
    show_picture (self);
}

static void
chappe_avatar_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeAvatar *self = CHAPPE_AVATAR (object);

  switch ((ChappeAvatarProperty) prop_id)
    {
    case PROP_SIZE:
      g_value_set_int (value, adw_avatar_get_size (self->avatar));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_avatar_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ChappeAvatar *self = CHAPPE_AVATAR (object);

  switch ((ChappeAvatarProperty) prop_id)
    {
    case PROP_SIZE:
      adw_avatar_set_size (self->avatar, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_avatar_finalize (GObject *object)
{
  ChappeAvatar *self = CHAPPE_AVATAR (object);

  g_clear_object (&self->session);
  g_free (self->mxc);

  G_OBJECT_CLASS (chappe_avatar_parent_class)->finalize (object);
}

static void
chappe_avatar_class_init (ChappeAvatarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = chappe_avatar_get_property;
  object_class->set_property = chappe_avatar_set_property;
  object_class->finalize = chappe_avatar_finalize;

  properties[PROP_SIZE] =
    g_param_spec_int ("size", NULL, NULL, 8, 512, 40, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
chappe_avatar_init (ChappeAvatar *self)
{
  self->avatar = g_object_new (ADW_TYPE_AVATAR,
                               "size",
                               40,
                               "show-initials",
                               TRUE,
                               "accessible-role",
                               GTK_ACCESSIBLE_ROLE_PRESENTATION,
                               NULL);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->avatar));
  g_signal_connect_object (get_settings (),
                           "changed::show-avatars",
                           G_CALLBACK (show_picture),
                           self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
chappe_avatar_new (int size)
{
  return g_object_new (CHAPPE_TYPE_AVATAR, "size", size, NULL);
}
