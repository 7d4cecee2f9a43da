// SPDX-License-Identifier: MIT
// Registers and bits of the digital camera interface, as in RM0090 section 15.8.
#ifndef CAM_DCMI_REGS_H
#define CAM_DCMI_REGS_H

#define DCMI_BASE 0x50050000u

#define DCMI_CR (DCMI_BASE + 0x00u)
#define DCMI_CR_CAPTURE (1u << 0)
#define DCMI_CR_CM (1u << 1) // 0 continuous, 1 snapshot
#define DCMI_CR_CROP (1u << 2)
#define DCMI_CR_JPEG (1u << 3)
#define DCMI_CR_ESS (1u << 4)    // 1 embedded synchronisation codes
#define DCMI_CR_PCKPOL (1u << 5) // 1 samples on the rising edge
#define DCMI_CR_HSPOL (1u << 6)  // the level of HSYNC at which data is not valid
#define DCMI_CR_VSPOL (1u << 7)  // the level of VSYNC at which data is not valid
#define DCMI_CR_FCRC_MASK (0x3u << 8)
#define DCMI_CR_EDM_MASK (0x3u << 10) // 0 means 8 bits per pixel clock
#define DCMI_CR_ENABLE (1u << 14)

#define DCMI_SR (DCMI_BASE + 0x04u)
#define DCMI_SR_HSYNC (1u << 0)
#define DCMI_SR_VSYNC (1u << 1)
#define DCMI_SR_FNE (1u << 2) // 1: the FIFO holds data

#define DCMI_RIS (DCMI_BASE + 0x08u)
#define DCMI_RIS_FRAME (1u << 0)
#define DCMI_RIS_OVR (1u << 1)
#define DCMI_RIS_ERR (1u << 2)
#define DCMI_RIS_VSYNC (1u << 3)
#define DCMI_RIS_LINE (1u << 4)

#define DCMI_IER (DCMI_BASE + 0x0cu)
#define DCMI_IER_FRAME (1u << 0)
#define DCMI_IER_OVR (1u << 1)
#define DCMI_IER_ERR (1u << 2)
#define DCMI_IER_VSYNC (1u << 3)
#define DCMI_IER_LINE (1u << 4)

#define DCMI_MIS (DCMI_BASE + 0x10u)
#define DCMI_MIS_FRAME (1u << 0)
#define DCMI_MIS_OVR (1u << 1)
#define DCMI_MIS_ERR (1u << 2)
#define DCMI_MIS_VSYNC (1u << 3)
#define DCMI_MIS_LINE (1u << 4)

#define DCMI_ICR (DCMI_BASE + 0x14u)
#define DCMI_ICR_FRAME (1u << 0)
#define DCMI_ICR_OVR (1u << 1)
#define DCMI_ICR_ERR (1u << 2)
#define DCMI_ICR_VSYNC (1u << 3)
#define DCMI_ICR_LINE (1u << 4)

#define DCMI_ESCR (DCMI_BASE + 0x18u)
#define DCMI_ESUR (DCMI_BASE + 0x1cu)

#define DCMI_CWSTRT (DCMI_BASE + 0x20u)
#define DCMI_CWSTRT_HOFFCNT_MASK (0x3fffu << 0)
#define DCMI_CWSTRT_VST_MASK (0x1fffu << 16)

#define DCMI_CWSIZE (DCMI_BASE + 0x24u)
#define DCMI_CWSIZE_CAPCNT_MASK (0x3fffu << 0) // pixel clocks per line, minus 1
#define DCMI_CWSIZE_VLINE_MASK (0x3fffu << 16) // lines, minus 1

#define DCMI_DR (DCMI_BASE + 0x28u)

#endif
