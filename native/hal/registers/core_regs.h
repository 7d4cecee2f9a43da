// SPDX-License-Identifier: MIT
// Registers of the Cortex-M4 itself: SysTick, SCB, MPU, FPU (ARMv7-M B3.2, B3.3, B3.5; PM0214
// chapter 4).
#ifndef CAM_CORE_REGS_H
#define CAM_CORE_REGS_H

#define SYST_CSR 0xe000e010u
#define SYST_CSR_ENABLE (1u << 0)
#define SYST_CSR_TICKINT (1u << 1)
#define SYST_CSR_CLKSOURCE (1u << 2) // 1: HCLK
#define SYST_RVR 0xe000e014u         // 24 bits
#define SYST_CVR 0xe000e018u

#define SCB_CPUID 0xe000ed00u
#define SCB_ICSR 0xe000ed04u
#define SCB_VTOR 0xe000ed08u

#define SCB_AIRCR 0xe000ed0cu
#define SCB_AIRCR_SYSRESETREQ (1u << 2)
#define SCB_AIRCR_VECTKEY (0x05fau << 16)

#define SCB_SHPR2 0xe000ed1cu // SVCall 31:24
#define SCB_SHPR3 0xe000ed20u // PendSV 23:16, SysTick 31:24

#define SCB_SHCSR 0xe000ed24u
#define SCB_SHCSR_SVCALLPENDED (1u << 15)
#define SCB_SHCSR_MEMFAULTENA (1u << 16)
#define SCB_SHCSR_BUSFAULTENA (1u << 17)
#define SCB_SHCSR_USGFAULTENA (1u << 18)

#define SCB_CFSR 0xe000ed28u
#define SCB_CFSR_IACCVIOL (1u << 0)
#define SCB_CFSR_MSTKERR (1u << 4)
#define SCB_CFSR_MMARVALID (1u << 7)
#define SCB_CFSR_IBUSERR (1u << 8)
#define SCB_CFSR_STKERR (1u << 12)
#define SCB_CFSR_BFARVALID (1u << 15)
#define SCB_HFSR 0xe000ed2cu
#define SCB_MMFAR 0xe000ed34u
#define SCB_BFAR 0xe000ed38u

#define SCB_CPACR 0xe000ed88u
#define SCB_CPACR_CP10_CP11_FULL (0xfu << 20)

#define FPU_FPCCR 0xe000ef34u
#define FPU_FPCCR_LSPACT (1u << 0) // registers wait to be stored

#define MPU_TYPE 0xe000ed90u
#define MPU_TYPE_DREGION_MASK (0xffu << 8)
#define MPU_CTRL 0xe000ed94u
#define MPU_CTRL_ENABLE (1u << 0)
#define MPU_CTRL_PRIVDEFENA (1u << 2) // what no region covers stays as it is
#define MPU_RBAR 0xe000ed9cu
#define MPU_RBAR_VALID (1u << 4) // the region's number comes with the address
#define MPU_RASR 0xe000eda0u
#define MPU_RASR_ENABLE (1u << 0)
#define MPU_RASR_SIZE(bytes) ((uint32_t)(30 - __builtin_clz(bytes)) << 1) // 2^(SIZE + 1) bytes
#define MPU_RASR_SRD_SHIFT 8                                              // eighths that are off
#define MPU_RASR_C (1u << 17) // with TEX and B 0: normal memory
#define MPU_RASR_S (1u << 18)
#define MPU_RASR_AP_NONE (0u << 24)
#define MPU_RASR_AP_PRIVILEGED (1u << 24)
#define MPU_RASR_AP_UNPRIVILEGED_READS (2u << 24)
#define MPU_RASR_AP_ALL (3u << 24)
#define MPU_RASR_XN (1u << 28)

#endif
