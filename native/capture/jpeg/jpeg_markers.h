// SPDX-License-Identifier: MIT
// Markers of a JPEG: the byte after 0xFF (ITU-T T.81 table B.1).
#ifndef CAM_JPEG_MARKERS_H
#define CAM_JPEG_MARKERS_H

enum {
    JPEG_MARKER = 0xff,
    JPEG_MARKER_BYTES = 2,
    JPEG_STUFFED = 0x00, // after a data byte of 0xFF
    JPEG_SOF0 = 0xc0,    // baseline
    JPEG_DHT = 0xc4,
    JPEG_JPG = 0xc8, // reserved
    JPEG_SOF15 = 0xcf,
    JPEG_RST0 = 0xd0,
    JPEG_SOI = 0xd8,
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_DQT = 0xdb,
    JPEG_DNL = 0xdc,
    JPEG_DRI = 0xdd,
    JPEG_EXP = 0xdf, // hierarchical
    JPEG_APP0 = 0xe0,
    JPEG_APP15 = 0xef,
    JPEG_COM = 0xfe,
};

#endif
