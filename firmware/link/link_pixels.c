// SPDX-License-Identifier: MIT
// Sends images. One is made of the bytes of one frame while the capture can spare its buffer;
// when it cannot, the rest comes from a later frame.
#include "link_pixels.h"

#include "capture.h"
#include "capture_pin.h"
#include "crc32.h"
#include "grabber.h"
#include "grabber_map.h"
#include "link.h"
#include "link_answer.h"
#include "link_send.h"

enum {
    STREAM_BYTES = 8,
    STATE_BYTES = 24,
    GET_REGISTERS_BYTES = 2,
    REGISTERS_BYTES_MAX = 128,
    DESCRIPTOR_BYTES = 48, // docs/frame-grabber.md, as the places in it
    AT_INDEX = 0,
    AT_FORMAT = 2,
    AT_SEQUENCE = 4,
    AT_START_US = 8,
    AT_END_US = 12,
    AT_SIZE = 32,
    AT_COLUMNS = 36,
    AT_ROWS = 38,
    FORMAT_RGB565 = 2,
    FORMAT_YUV422 = 3,
    FRAME_BYTES = 12 + DESCRIPTOR_BYTES,
    PIXELS_HEAD_BYTES = 6,
    BAND_BYTES = 16,
    FRAME_END_BYTES = 8,
    // Of a frame that cannot be pinned: the program waits for the copy in the middle of its work.
    STAGE_BYTES = 2 * CAM_LINK_PIXEL_BYTES,
};

_Static_assert(PIXELS_HEAD_BYTES + CAM_LINK_PIXEL_BYTES <= CAM_LINK_BODY_BYTES_MAX, "pixels fit");
_Static_assert(1 + REGISTERS_BYTES_MAX <= CAM_LINK_WELCOME_BODY_BYTES, "an answer");

/** Which frames the client wants. */
static struct {
    bool on;
    uint8_t reduce; // 1, 2, 4
    uint8_t flags;
    uint32_t every;
    uint32_t passed; // frames since an image began
} wanted = {.reduce = 1, .every = 1};

/** The image that is being sent. */
static struct {
    uint8_t descriptor[DESCRIPTOR_BYTES]; // of its first frame
    bool under_way;
    bool announced;   // FRAME is sent
    bool band_told;   // the frame that the bytes come from now is known to the client
    uint16_t number;  // counts images that were announced
    uint16_t bands;   // frames that the client was told of
    uint32_t reduce;  // every so many pixels and rows
    uint32_t columns; // bytes of a row, reduced
    uint32_t rows;
    uint32_t bytes;
    uint32_t sent;
    uint32_t crc;
} image;

/** The frame that its bytes come from; pixels: NULL while there is none. */
static struct {
    const uint8_t *pixels;
    uint32_t index;
    uint32_t columns; // bytes of a row in memory
    uint32_t unit;    // bytes that stay together: of a pixel, or of two
    uint32_t sequence;
    uint32_t end_us;
    bool pinned; // else only during the call that brought it
} source;

/** Bytes of it that are the image's next. */
static struct {
    uint8_t bytes[STAGE_BYTES];
    uint32_t length;
    uint32_t sent;
} stage;

static struct {
    uint32_t sent;      // images
    uint32_t skipped;   // frames that came while another one was sent, or could not be sent
    uint32_t abandoned; // images that were begun and not ended
    uint32_t bands;     // frames that went on with an image
} counters;

static void forget_source(void) {
    if (source.pixels != 0 && source.pinned) cam_capture_unpin();
    source.pixels = 0;
}

static void abandon(void) {
    if (image.under_way && image.announced) counters.abandoned++;
    image.under_way = false;
    stage.length = 0;
    forget_source();
}

void cam_link_pixels_stop(void) {
    abandon();
    wanted.on = false;
}

static void say_state(void) {
    if (!cam_link_begin(CAM_LINK_STREAM_STATE, STATE_BYTES, CAM_LINK_ANSWER)) return;
    cam_link_add8(wanted.on);
    cam_link_add8(wanted.reduce);
    cam_link_add8(wanted.flags);
    cam_link_add8(0);
    cam_link_add16(wanted.every);
    cam_link_add16(CAM_LINK_PIXEL_BYTES);
    cam_link_add32(counters.sent);
    cam_link_add32(counters.skipped);
    cam_link_add32(counters.abandoned);
    cam_link_add32(counters.bands);
    cam_link_end();
}

/** Byte of STREAM that says something impossible, with the most it may be; or none. */
static bool refuse_stream(const cam_link_message_t *message) {
    const uint8_t *body = message->body;
    const uint32_t every = cam_get16(body + 4);
    uint32_t value = 0;
    uint32_t limit = 0;
    if (body[0] > 1) {
        value = body[0];
        limit = 1;
    } else if (body[1] != 1 && body[1] != 2 && body[1] != 4) {
        value = body[1];
        limit = 4;
    } else if (body[2] > CAM_LINK_STREAM_WHOLE) {
        value = body[2];
        limit = CAM_LINK_STREAM_WHOLE;
    } else if (every == 0) {
        limit = 0xffff;
    } else {
        return false;
    }
    cam_link_refuse(message->type, message->sequence, CAM_LINK_E_STREAM, value, limit);
    return true;
}

/** Without a body it only asks. */
static void take_stream(const cam_link_message_t *message) {
    if (message->bytes != 0) {
        if (!cam_link_has_length(message, STREAM_BYTES) || refuse_stream(message)) return;
        abandon();
        wanted.on = message->body[0] != 0;
        wanted.reduce = message->body[1];
        wanted.flags = message->body[2];
        wanted.every = cam_get16(message->body + 4);
        wanted.passed = wanted.every; // the next frame is the first
    }
    say_state();
}

static void take_get_registers(const cam_link_message_t *message) {
    if (!cam_link_has_length(message, GET_REGISTERS_BYTES)) return;
    const uint32_t address = message->body[0];
    const uint32_t count = message->body[1];
    const uint32_t end = cam_map_register_bytes(address) == 0 ? 0 : cam_map_end(address);
    if (count == 0 || count > REGISTERS_BYTES_MAX || address + count > end) {
        cam_link_refuse(message->type, message->sequence, CAM_LINK_E_REGISTER, address + count,
                        end);
        return;
    }
    static uint8_t content[REGISTERS_BYTES_MAX];
    const uint8_t from = (uint8_t)address;
    // Such a read is not refused.
    (void)cam_grabber_transfer(&from, 1, content, count);
    if (!cam_link_begin(CAM_LINK_REGISTERS, 1u + count, CAM_LINK_ANSWER)) return;
    cam_link_add8(address);
    cam_link_add(content, count);
    cam_link_end();
}

void cam_link_pixels_take(const cam_link_message_t *message) {
    if (message->type == CAM_LINK_STREAM)
        take_stream(message);
    else
        take_get_registers(message);
}

static bool send_frame(void) {
    if (!cam_link_begin(CAM_LINK_FRAME, FRAME_BYTES, CAM_LINK_BULK)) return false;
    cam_link_add16(++image.number);
    cam_link_add8(image.reduce);
    cam_link_add8(0);
    cam_link_add32(image.bytes);
    cam_link_add16(image.columns);
    cam_link_add16(image.rows);
    cam_link_add(image.descriptor, DESCRIPTOR_BYTES);
    cam_link_end();
    image.announced = true;
    image.band_told = true;
    return true;
}

static bool send_band(void) {
    if (!cam_link_begin(CAM_LINK_BAND, BAND_BYTES, CAM_LINK_BULK)) return false;
    cam_link_add16(image.number);
    cam_link_add16(++image.bands);
    cam_link_add32(image.sent);
    cam_link_add32(source.sequence);
    cam_link_add32(source.end_us);
    cam_link_end();
    image.band_told = true;
    counters.bands++;
    return true;
}

static bool send_end(void) {
    if (!cam_link_begin(CAM_LINK_FRAME_END, FRAME_END_BYTES, CAM_LINK_BULK)) return false;
    cam_link_add16(image.number);
    cam_link_add16(image.bands);
    cam_link_add32(cam_crc32_end(image.crc));
    cam_link_end();
    image.under_way = false;
    counters.sent++;
    forget_source();
    return true;
}

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

/** Bytes `from` on of the reduced image. */
static void gather(uint32_t from, uint32_t bytes) {
    const uint32_t unit = source.unit;
    const uint32_t skip = unit * (image.reduce - 1u);
    uint32_t column = from % image.columns;
    const uint8_t *row = source.pixels + from / image.columns * image.reduce * source.columns;
    const uint8_t *at = row + column / unit * unit * image.reduce + column % unit;
    uint32_t in_unit = column % unit;
    for (uint32_t i = 0; i < bytes; i++) {
        stage.bytes[i] = *at++;
        if (++in_unit == unit) {
            in_unit = 0;
            at += skip;
        }
        if (++column < image.columns) continue;
        column = 0;
        row += image.reduce * source.columns;
        at = row;
    }
}

/** Take the image's next bytes off the frame. @returns false when the frame is gone */
static bool fill_stage(void) {
    const uint32_t left = image.bytes - image.sent;
    const uint32_t bytes = smaller(left, STAGE_BYTES);
    if (image.reduce == 1)
        for (uint32_t i = 0; i < bytes; i++) stage.bytes[i] = source.pixels[image.sent + i];
    else
        gather(image.sent, bytes);
    // If the capture has taken the buffer back, who knows which of these bytes are the frame's.
    if (source.pinned && !cam_capture_is_pinned(source.index)) {
        source.pixels = 0;
        return false;
    }
    stage.length = bytes;
    stage.sent = 0;
    return true;
}

static bool send_pixels(void) {
    const uint32_t left = stage.length - stage.sent;
    const uint32_t bytes = smaller(left, CAM_LINK_PIXEL_BYTES);
    const uint8_t *from = stage.bytes + stage.sent;
    if (!cam_link_begin(CAM_LINK_PIXELS, PIXELS_HEAD_BYTES + bytes, CAM_LINK_BULK)) return false;
    cam_link_add16(image.number);
    cam_link_add32(image.sent);
    cam_link_add(from, bytes);
    cam_link_end();
    for (uint32_t i = 0; i < bytes; i++) image.crc = cam_crc32_add(image.crc, from[i]);
    image.sent += bytes;
    stage.sent += bytes;
    if (stage.sent == stage.length) stage.length = 0;
    return true;
}

/** The next message of the image. @returns false when there is none, or no room for it */
static bool step(void) {
    if (!image.under_way) return false;
    if (!image.announced) return send_frame();
    if (image.sent == image.bytes) return send_end();
    if (stage.length == 0 && (source.pixels == 0 || !fill_stage())) return false;
    return image.band_told ? send_pixels() : send_band();
}

/** The program has the only buffer: nothing is to make it late. */
static bool program_is_waited_for(void) {
    return !source.pinned && cam_capture_state() == CAM_STARVED;
}

void cam_link_pixels_poll(void) {
    if (source.pixels != 0 && source.pinned && !cam_capture_is_pinned(source.index))
        source.pixels = 0;
    if (program_is_waited_for()) return;
    while (step()) continue;
}

static uint32_t unit_of(uint32_t format) {
    if (format == FORMAT_YUV422) return 4;
    return format == FORMAT_RGB565 ? 2 : 1;
}

static bool is_jpeg(const uint8_t *descriptor) { return descriptor[AT_FORMAT] == CAM_FORMAT_JPEG; }

/** Bytes of a row of which each `reduce`th pixel stays. */
static uint32_t reduced(uint32_t count, uint32_t unit, uint32_t reduce) {
    return (count / unit + reduce - 1u) / reduce * unit;
}

static void begin_image(const uint8_t *descriptor) {
    const bool jpeg = is_jpeg(descriptor);
    const uint32_t reduce = jpeg ? 1u : wanted.reduce;
    const uint32_t size = cam_get32(descriptor + AT_SIZE);
    for (uint32_t i = 0; i < DESCRIPTOR_BYTES; i++) image.descriptor[i] = descriptor[i];
    image.reduce = reduce;
    image.columns = jpeg ? size : reduced(source.columns, source.unit, reduce);
    image.rows = jpeg ? 1u : reduced(cam_get16(descriptor + AT_ROWS), 1, reduce);
    image.bytes = image.columns * image.rows;
    image.sent = 0;
    image.bands = 1;
    image.crc = CAM_CRC32_START;
    image.announced = false;
    image.under_way = true;
    wanted.passed = 0;
}

/** May a frame give the rest of the image? */
static bool goes_on(const uint8_t *descriptor) {
    if (wanted.flags & CAM_LINK_STREAM_WHOLE || is_jpeg(descriptor)) return false;
    return descriptor[AT_FORMAT] == image.descriptor[AT_FORMAT] &&
           cam_get32(descriptor + AT_SIZE) == cam_get32(image.descriptor + AT_SIZE) &&
           cam_get16(descriptor + AT_COLUMNS) == cam_get16(image.descriptor + AT_COLUMNS);
}

/** Once the capture had to take a buffer back, the program is too late for it to do without: from
 * then on the link changes to each new frame, so that the capture gets its buffer in good time and
 * the link always has one. */
static bool hand_on(const uint8_t *descriptor) {
    return image.under_way && image.bands > 1 && source.pixels != 0 && image.sent < image.bytes &&
           cam_capture_state() == CAM_STARVED && goes_on(descriptor);
}

static void take_source(const uint8_t *descriptor, const uint8_t *pixels) {
    source.index = descriptor[AT_INDEX];
    source.columns = cam_get16(descriptor + AT_COLUMNS);
    source.unit = unit_of(descriptor[AT_FORMAT]);
    source.sequence = cam_get32(descriptor + AT_SEQUENCE);
    source.end_us = cam_get32(descriptor + AT_END_US);
    source.pinned =
        cam_capture_pin(source.index, source.end_us - cam_get32(descriptor + AT_START_US));
    source.pixels = pixels;
}

/** An image is under way that needs nothing of a new frame now. */
static bool is_busy(void) {
    return image.under_way &&
           (source.pixels != 0 || stage.length != 0 || image.sent == image.bytes);
}

/** Begin an image with a frame, or go on with it. */
static void use_frame(const uint8_t *descriptor, const uint8_t *pixels) {
    take_source(descriptor, pixels);
    const bool whole = (wanted.flags & CAM_LINK_STREAM_WHOLE) != 0 || is_jpeg(descriptor);
    if (whole && !source.pinned) {
        source.pixels = 0;
        counters.skipped++;
        return;
    }
    // An image that the client does not know of yet is this frame's alone.
    if (image.under_way && image.announced)
        image.band_told = false;
    else
        begin_image(descriptor);
    if (source.pinned) return;
    (void)fill_stage();
    source.pixels = 0;
}

void cam_link_frame(const uint8_t *descriptor, const uint8_t *pixels) {
    if (!wanted.on || cam_link_updating()) return;
    const bool due = ++wanted.passed >= wanted.every;
    if (source.pixels != 0 && source.pinned && !cam_capture_is_pinned(source.index))
        source.pixels = 0;
    if (hand_on(descriptor)) forget_source();
    // Bytes that are staged and not sent are taken off the new frame instead.
    if (source.pinned && source.pixels == 0) stage.length = 0;
    if (image.under_way && !is_busy() && !goes_on(descriptor)) abandon();
    if (is_busy() || cam_capture_in_batches()) {
        counters.skipped += due;
        return;
    }
    if (image.under_way || due) use_frame(descriptor, pixels);
}
