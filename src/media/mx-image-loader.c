/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One picture is one job: its bytes into an anonymous file (API 1 of glycin reads files only, and a
 * decrypted picture must not get a name on a disk), the loader, its first frame, and the scaling on
 * a thread. */
#include "config.h"

#include "mx-image-loader.h"

#ifdef HAVE_GLYCIN

#include <errno.h>
#include <glycin.h>
#include <sys/mman.h>
#include <unistd.h>

#define AT_ONCE          3
#define TIME_OUT_SECONDS 60 /* a busy machine takes long to start a sandbox */

typedef struct
{
  DexPromise *promise;
  GCancellable *cancellable; /* the promise's */
  GBytes *data;
  int max_width, max_height;
  int fd; /* the anonymous file, -1 */
  GlyFrame *frame;
  GError *failure; /* while probing: what went wrong with the picture */
  unsigned time_out;
  gboolean timed_out;
} Job;

static GQueue waiting = G_QUEUE_INIT;
static unsigned running;
/* Whether a sandbox ever started here: until then a failure may be its own and not the picture's.
 */
static gboolean works;

/* One black pixel. */
static const guint8 probe[] = {
  0x89, 'P',  'N',  'G',  0x0d, 0x0a, 0x1a, 0x0a, 0,    0,    0,    0x0d, 'I', 'H',
  'D',  'R',  0,    0,    0,    1,    0,    0,    0,    1,    8,    0,    0,   0,
  0,    0x3a, 0x7e, 0x9b, 0x55, 0,    0,    0,    0x0a, 'I',  'D',  'A',  'T', 0x78,
  0x9c, 0x63, 0,    0,    0,    2,    0,    1,    0x48, 0xaf, 0xa4, 0x71, 0,   0,
  0,    0,    'I',  'E',  'N',  'D',  0xae, 0x42, 0x60, 0x82,
};

static const MxPixelLayout layouts[] = {
  [GLY_MEMORY_B8G8R8A8_PREMULTIPLIED] = { MX_COMPONENT_U8, 4, 2, 1, 0, 3, TRUE },
  [GLY_MEMORY_A8R8G8B8_PREMULTIPLIED] = { MX_COMPONENT_U8, 4, 1, 2, 3, 0, TRUE },
  [GLY_MEMORY_R8G8B8A8_PREMULTIPLIED] = { MX_COMPONENT_U8, 4, 0, 1, 2, 3, TRUE },
  [GLY_MEMORY_B8G8R8A8] = { MX_COMPONENT_U8, 4, 2, 1, 0, 3, FALSE },
  [GLY_MEMORY_A8R8G8B8] = { MX_COMPONENT_U8, 4, 1, 2, 3, 0, FALSE },
  [GLY_MEMORY_R8G8B8A8] = { MX_COMPONENT_U8, 4, 0, 1, 2, 3, FALSE },
  [GLY_MEMORY_A8B8G8R8] = { MX_COMPONENT_U8, 4, 3, 2, 1, 0, FALSE },
  [GLY_MEMORY_R8G8B8] = { MX_COMPONENT_U8, 3, 0, 1, 2, MX_NO_ALPHA, FALSE },
  [GLY_MEMORY_B8G8R8] = { MX_COMPONENT_U8, 3, 2, 1, 0, MX_NO_ALPHA, FALSE },
  [GLY_MEMORY_R16G16B16] = { MX_COMPONENT_U16, 3, 0, 1, 2, MX_NO_ALPHA, FALSE },
  [GLY_MEMORY_R16G16B16A16_PREMULTIPLIED] = { MX_COMPONENT_U16, 4, 0, 1, 2, 3, TRUE },
  [GLY_MEMORY_R16G16B16A16] = { MX_COMPONENT_U16, 4, 0, 1, 2, 3, FALSE },
  [GLY_MEMORY_R16G16B16_FLOAT] = { MX_COMPONENT_F16, 3, 0, 1, 2, MX_NO_ALPHA, FALSE },
  [GLY_MEMORY_R16G16B16A16_FLOAT] = { MX_COMPONENT_F16, 4, 0, 1, 2, 3, FALSE },
  [GLY_MEMORY_R32G32B32_FLOAT] = { MX_COMPONENT_F32, 3, 0, 1, 2, MX_NO_ALPHA, FALSE },
  [GLY_MEMORY_R32G32B32A32_FLOAT_PREMULTIPLIED] = { MX_COMPONENT_F32, 4, 0, 1, 2, 3, TRUE },
  [GLY_MEMORY_R32G32B32A32_FLOAT] = { MX_COMPONENT_F32, 4, 0, 1, 2, 3, FALSE },
  [GLY_MEMORY_G8A8_PREMULTIPLIED] = { MX_COMPONENT_U8, 2, 0, 0, 0, 1, TRUE },
  [GLY_MEMORY_G8A8] = { MX_COMPONENT_U8, 2, 0, 0, 0, 1, FALSE },
  [GLY_MEMORY_G8] = { MX_COMPONENT_U8, 1, 0, 0, 0, MX_NO_ALPHA, FALSE },
  [GLY_MEMORY_G16A16_PREMULTIPLIED] = { MX_COMPONENT_U16, 2, 0, 0, 0, 1, TRUE },
  [GLY_MEMORY_G16A16] = { MX_COMPONENT_U16, 2, 0, 0, 0, 1, FALSE },
  [GLY_MEMORY_G16] = { MX_COMPONENT_U16, 1, 0, 0, 0, MX_NO_ALPHA, FALSE },
};

static void start_next (void);

static void
job_clear_file (Job *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static void
job_free (Job *self)
{
  job_clear_file (self);
  g_clear_handle_id (&self->time_out, g_source_remove);
  g_clear_object (&self->frame);
  g_clear_error (&self->failure);
  g_clear_object (&self->cancellable);
  g_bytes_unref (self->data);
  dex_clear (&self->promise);
  g_free (self);
}

/* Takes error. */
static void
job_fail (Job *self, GError *error)
{
  if (self->timed_out)
    {
      g_error_free (error);
      error = g_error_new_literal (G_IO_ERROR,
                                   G_IO_ERROR_TIMED_OUT,
                                   "The picture takes too long to decode");
    }
  g_debug ("A picture was not decoded: %d", error->code);
  dex_promise_reject (self->promise, error);
  job_free (self);
  running--;
  start_next ();
}

static void
job_fail_with (Job *self, int code, const char *message)
{
  job_fail (self, g_error_new_literal (G_IO_ERROR, code, message));
}

static void job_decode (Job *self);

/* Takes error, of glycin. What glycin says of itself is for nobody else's eyes (paths, whole
 * configurations). */
static void
job_fail_decoding (Job *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (self->timed_out || g_cancellable_is_cancelled (self->cancellable))
    {
      job_fail_with (self, G_IO_ERROR_CANCELLED, "Cancelled");
    }
  else if (self->failure != NULL)
    {
      job_fail_with (self,
                     G_IO_ERROR_NOT_INITIALIZED,
                     "The sandbox for decoding pictures does not start");
    }
  else if (g_error_matches (error, GLY_LOADER_ERROR, GLY_LOADER_ERROR_UNKNOWN_IMAGE_FORMAT))
    {
      job_fail_with (self, G_IO_ERROR_NOT_SUPPORTED, "Not a picture of a known kind");
    }
  else if (works)
    {
      job_fail_with (self, G_IO_ERROR_INVALID_DATA, "The picture is damaged");
    }
  else
    {
      /* the picture's fault or the sandbox's? */
      self->failure = g_steal_pointer (&owned);
      job_clear_file (self);
      g_bytes_unref (self->data);
      self->data = g_bytes_new_static (probe, sizeof probe);
      job_decode (self);
    }
}

static void
scale_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *self = data;
  GError *error = NULL;
  MxImage *image;

  image = mx_image_new_scaled (gly_frame_get_buf_bytes (self->frame),
                               &layouts[gly_frame_get_memory_format (self->frame)],
                               gly_frame_get_width (self->frame),
                               gly_frame_get_height (self->frame),
                               gly_frame_get_stride (self->frame),
                               self->max_width,
                               self->max_height,
                               &error);
  if (image == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  image->is_animated = gly_frame_get_delay (self->frame) > 0;
  g_task_return_pointer (task, image, (GDestroyNotify) mx_image_free);
}

static void
scaled_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *self = data;
  GError *error = NULL;
  MxImage *image = g_task_propagate_pointer (G_TASK (result), &error);

  if (image == NULL)
    {
      job_fail (self, error);
      return;
    }
  dex_promise_resolve_boxed (self->promise, MX_TYPE_IMAGE, image);
  job_free (self);
  running--;
  start_next ();
}

static gboolean
size_is_allowed (guint64 width, guint64 height)
{
  return width > 0 && height > 0 && width <= MX_IMAGE_MAX_SIDE && height <= MX_IMAGE_MAX_SIDE &&
         width * height <= MX_IMAGE_MAX_PIXELS;
}

static void
frame_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *self = data;
  GError *error = NULL;
  g_autoptr (GTask) task = NULL;
  GlyMemoryFormat format;

  self->frame = gly_image_next_frame_finish (GLY_IMAGE (source), result, &error);
  if (self->frame == NULL)
    {
      job_fail_decoding (self, error);
      return;
    }

  works = TRUE;
  format = gly_frame_get_memory_format (self->frame);
  if (self->failure != NULL)
    job_fail_with (self, G_IO_ERROR_INVALID_DATA, "The picture is damaged");
  else if ((gsize) format >= G_N_ELEMENTS (layouts) || layouts[format].count == 0)
    job_fail_with (self, G_IO_ERROR_NOT_SUPPORTED, "The picture's pixels are of an unknown kind");
  else if (!size_is_allowed (gly_frame_get_width (self->frame), gly_frame_get_height (self->frame)))
    job_fail_with (self, G_IO_ERROR_INVALID_DATA, "The picture is too large");
  else
    {
      task = g_task_new (NULL, self->cancellable, scaled_cb, self);
      g_task_set_task_data (task, self, NULL);
      g_task_run_in_thread (task, scale_in_thread);
    }
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *self = data;
  GError *error = NULL;
  g_autoptr (GlyImage) image = gly_loader_load_finish (GLY_LOADER (source), result, &error);

  if (image == NULL)
    job_fail_decoding (self, error);
  else if (!size_is_allowed (gly_image_get_width (image), gly_image_get_height (image)))
    job_fail_with (self, G_IO_ERROR_INVALID_DATA, "The picture is too large");
  else
    gly_image_next_frame_async (image, self->cancellable, frame_cb, self);
}

/* Never without a sandbox, which "auto" would allow in a Flatpak under development. */
static void
job_load (Job *self, GlyLoader *loader)
{
  gboolean flatpak = g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);

  gly_loader_set_sandbox_selector (loader,
                                   flatpak ? GLY_SANDBOX_SELECTOR_FLATPAK_SPAWN
                                           : GLY_SANDBOX_SELECTOR_BWRAP);
  gly_loader_load_async (loader, self->cancellable, loaded_cb, self);
}

#if GLYCIN_API >= 2

static void
job_decode (Job *self)
{
  g_autoptr (GlyLoader) loader = gly_loader_new_for_bytes (self->data);

  job_load (self, loader);
}

#else

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *self = data;
  GError *error = NULL;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (self->data, &size);

  self->fd = memfd_create ("picture", MFD_CLOEXEC);
  for (gsize done = 0; self->fd >= 0 && done < size;)
    {
      gssize wrote = write (self->fd, bytes + done, size - done);

      if (wrote > 0)
        done += (gsize) wrote;
      else if (wrote == 0 || errno != EINTR)
        job_clear_file (self);
    }
  if (self->fd < 0)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "No memory for the picture");
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *self = data;
  GError *error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GlyLoader) loader = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      job_fail (self, error);
      return;
    }
  path = g_strdup_printf ("/proc/self/fd/%d", self->fd);
  file = g_file_new_for_path (path);
  loader = gly_loader_new (file);
  job_load (self, loader);
}

static void
job_decode (Job *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, written_cb, self);

  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, write_in_thread);
}

#endif

static gboolean
time_out_cb (gpointer data)
{
  Job *self = data;

  self->time_out = 0;
  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
start_next (void)
{
  while (running < AT_ONCE && !g_queue_is_empty (&waiting))
    {
      Job *job = g_queue_pop_tail (&waiting);

      if (g_cancellable_is_cancelled (job->cancellable))
        {
          dex_promise_reject (job->promise,
                              g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled"));
          job_free (job);
          continue;
        }
      running++;
      job->time_out = g_timeout_add_seconds (TIME_OUT_SECONDS, time_out_cb, job);
      job_decode (job);
    }
}

DexFuture *
mx_image_load (GBytes *data, int max_width, int max_height)
{
  DexFuture *future;
  Job *job;

  g_return_val_if_fail (data != NULL, NULL);

  if (g_bytes_get_size (data) > MX_IMAGE_MAX_BYTES)
    return dex_future_new_for_error (
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The picture is too large"));
  if (g_bytes_get_size (data) == 0)
    return dex_future_new_for_error (
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "There is no picture"));

  job = g_new0 (Job, 1);
  job->promise = dex_promise_new_cancellable ();
  job->cancellable = g_object_ref (dex_promise_get_cancellable (job->promise));
  job->data = g_bytes_ref (data);
  job->max_width = max_width;
  job->max_height = max_height;
  job->fd = -1;
  future = dex_ref (DEX_FUTURE (job->promise));
  g_queue_push_tail (&waiting, job);
  start_next ();
  return future;
}

#else

DexFuture *
mx_image_load (GBytes *data, int max_width, int max_height)
{
  return dex_future_new_for_error (
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED, "Built without glycin"));
}

#endif
