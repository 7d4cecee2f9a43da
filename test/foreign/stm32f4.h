// SPDX-License-Identifier: MIT
// Registers of the STM32F4 the way vendors' headers have them: structures at the blocks' bases,
// typed again from RM0090 Rev 19 and PM0214 Rev 10. It shares nothing with native/: this is
// firmware of somebody else.
#ifndef FOREIGN_STM32F4_H
#define FOREIGN_STM32F4_H

#include <stdint.h>

#define IO volatile

typedef struct {
    IO uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR;
    IO uint16_t BSRRL, BSRRH; // two halves: set, reset
    IO uint32_t LCKR, AFR[2];
} GPIO_TypeDef;

typedef struct {
    IO uint32_t CR, PLLCFGR, CFGR, CIR, AHB1RSTR, AHB2RSTR, AHB3RSTR, RESERVED0, APB1RSTR, APB2RSTR,
        RESERVED1[2], AHB1ENR, AHB2ENR, AHB3ENR, RESERVED2, APB1ENR, APB2ENR;
} RCC_TypeDef;

typedef struct {
    IO uint32_t CR, CSR;
} PWR_TypeDef;

typedef struct {
    IO uint32_t ACR, KEYR, OPTKEYR, SR, CR, OPTCR;
} FLASH_TypeDef;

typedef struct {
    IO uint32_t CR, NDTR, PAR, M0AR, M1AR, FCR;
} DMA_Stream_TypeDef;

typedef struct {
    IO uint32_t LISR, HISR, LIFCR, HIFCR;
} DMA_TypeDef;

typedef struct {
    IO uint32_t CR, SR, RIS, IER, MIS, ICR, ESCR, ESUR, CWSTRT, CWSIZE, DR;
} DCMI_TypeDef;

typedef struct {
    IO uint32_t CR1, CR2, OAR1, OAR2, DR, SR1, SR2, CCR, TRISE;
} I2C_TypeDef;

typedef struct {
    IO uint32_t SR, DR, BRR, CR1, CR2, CR3;
} USART_TypeDef;

typedef struct {
    IO uint32_t CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2, CCER, CNT, PSC, ARR, RCR, CCR[4], BDTR;
} TIM_TypeDef;

typedef struct {
    IO uint32_t BTCR[8]; // control and timing of four regions
} FSMC_Bank1_TypeDef;

typedef struct {
    IO uint32_t BWTR[7]; // every other one
} FSMC_Bank1E_TypeDef;

typedef struct {
    IO uint32_t CTRL, LOAD, VAL, CALIB;
} SysTick_TypeDef;

typedef struct {
    IO uint32_t CPUID, ICSR, VTOR, AIRCR, SCR, CCR;
    IO uint8_t SHP[12]; // system handlers 4 to 15
    IO uint32_t SHCSR;
} SCB_TypeDef;

typedef struct {
    IO uint32_t ISER[8], RESERVED0[24], ICER[8], RESERVED1[24], ISPR[8], RESERVED2[24], ICPR[8],
        RESERVED3[24], IABR[8], RESERVED4[56];
    IO uint8_t IP[240];
} NVIC_TypeDef;

#define TIM1 ((TIM_TypeDef *)0x40010000)
#define TIM3 ((TIM_TypeDef *)0x40000400)
#define TIM7 ((TIM_TypeDef *)0x40001400)
#define USART2 ((USART_TypeDef *)0x40004400)
#define I2C1 ((I2C_TypeDef *)0x40005400)
#define I2C2 ((I2C_TypeDef *)0x40005800)
#define PWR ((PWR_TypeDef *)0x40007000)
#define GPIOA ((GPIO_TypeDef *)0x40020000)
#define GPIOB ((GPIO_TypeDef *)0x40020400)
#define GPIOC ((GPIO_TypeDef *)0x40020800)
#define GPIOD ((GPIO_TypeDef *)0x40020c00)
#define GPIOE ((GPIO_TypeDef *)0x40021000)
#define GPIOF ((GPIO_TypeDef *)0x40021400)
#define GPIOG ((GPIO_TypeDef *)0x40021800)
#define RCC ((RCC_TypeDef *)0x40023800)
#define FLASH ((FLASH_TypeDef *)0x40023c00)
#define DMA1 ((DMA_TypeDef *)0x40026000)
#define DMA1_Stream2 ((DMA_Stream_TypeDef *)0x40026040)
#define DMA1_Stream7 ((DMA_Stream_TypeDef *)0x400260b8)
#define DMA2 ((DMA_TypeDef *)0x40026400)
#define DMA2_Stream1 ((DMA_Stream_TypeDef *)0x40026428)
#define DCMI ((DCMI_TypeDef *)0x50050000)
#define FSMC_Bank1 ((FSMC_Bank1_TypeDef *)0xa0000000)
#define FSMC_Bank1E ((FSMC_Bank1E_TypeDef *)0xa0000104)
#define SysTick ((SysTick_TypeDef *)0xe000e010)
#define NVIC ((NVIC_TypeDef *)0xe000e100)
#define SCB ((SCB_TypeDef *)0xe000ed00)
#define CPACR (*(IO uint32_t *)0xe000ed88)

enum {
    DMA1_Stream2_IRQn = 13,
    I2C2_EV_IRQn = 33,
    I2C2_ER_IRQn = 34,
    DMA1_Stream7_IRQn = 47,
    TIM7_IRQn = 55,
    DMA2_Stream1_IRQn = 57,
    DCMI_IRQn = 78
};

#endif
