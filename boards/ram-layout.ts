// SPDX-License-Identifier: MIT
// Where in RAM each owner lies. What is native begins the memory that DMA reaches, frames follow; the VM's owners end their
// memory, as one piece that one region of the MPU covers (ARMv7-M Architecture Reference Manual B3.5: a power of two, at a
// multiple of itself, in eighths that can be left out). Of the lowest of its eighths a second region takes eighths back.

import { UsageError } from "../protocol/errors.ts"

/** A memory of the chip. */
export interface MemoryRegion {
    readonly name: string
    readonly address: number
    readonly bytes: number
    /** The bus matrix connects it to DMA2 (CCM is not). */
    readonly dma: boolean
}

/** Bytes of RAM that have one use. */
export interface RamOwner {
    readonly name: string
    readonly memory: string
    readonly address: number
    readonly bytes: number
}

/** An owner as the board file has it. */
export type OwnerBytes = Omit<RamOwner, "address">

/** An area of memory, bytes. */
export interface Area {
    readonly address: number
    readonly bytes: number
}

/** A region of the MPU. Without bytes there is none. */
export interface MpuRegion extends Area {
    /** Eighths that are not of it, the lowest in bit 0. */
    readonly subregionsOff: number
}

export interface RamLayout {
    readonly owners: readonly RamOwner[]
    readonly frameMemory: Area
    /** What the VM may use, but for the next one. */
    readonly vmRegion: MpuRegion
    /** What is native all the same, before the VM's first owner. */
    readonly nativeInVmRegion: MpuRegion
}

/** In this order. The VM's heap holds its garbage-collected heap. The native stack is lowest of all, see mpu.c. */
const RAM_OWNERS = [
    "nativeStack",
    "nativeData",
    "vmNativeStack",
    "vmStack",
    "vmData",
    "vmHeap",
    "gcHeap",
]

/** Every one is a multiple of it: the smallest region of the MPU. */
const OWNER_GRAIN = 32

/** The largest piece is the STM32F429's SRAM1 to SRAM3, 192 KB (RM0090 2.3.1). */
const MEMORY_MAX = 256 * 1024
const MEMORY_GRAIN = 1024

/** The rest is native. */
const VM_OWNERS: ReadonlySet<string> = new Set([
    "vmNativeStack",
    "vmStack",
    "vmData",
    "vmHeap",
    "gcHeap",
])

export function isVmOwner(name: string): boolean {
    return VM_OWNERS.has(name)
}

const EIGHTHS = 8
/** The smallest eighth that is tried; those of a region below 256 bytes are none. */
const EIGHTH_LEAST = 1024

/**
 * Lay the owners out, in their order.
 * @param owners native ones in the memory that DMA reaches, the VM's in one memory; the VM's heap gets what the eighths of an eighth leave
 * @throws UsageError when an owner is missing, or in the wrong memory; when they do not fit, with the sum
 */
export function layOutRam(
    board: string,
    memories: readonly MemoryRegion[],
    owners: readonly OwnerBytes[]
): RamLayout {
    checkOwners(board, memories, owners)
    const dma = memories.find(memory => memory.dma)!
    const native = owners.filter(({ name }) => !isVmOwner(name))
    const vm = owners.filter(({ name }) => isVmOwner(name))
    const vmMemory = memories.find(({ name }) => name === vm[0]!.memory)!
    for (const memory of memories) checkSum(board, memory, owners)
    const regions = vmRegions(vmMemory, sum(vm))
    if (regions === undefined) throw tooMuch(board, vmMemory, owners)
    const { vmStart, vmRegion, nativeInVmRegion } = regions
    const vmBytes = end(vmMemory) - vmStart
    const left = vmBytes - sum(vm)
    const placed = [
        ...inOrder(dma.address, native),
        ...inOrder(
            vmStart,
            vm.map(owner =>
                owner.name === "vmHeap"
                    ? { ...owner, bytes: owner.bytes + left }
                    : owner
            )
        ),
    ]
    const framesStart = dma.address + sum(native)
    const framesEnd = vmMemory === dma ? vmStart : end(dma)
    if (framesEnd < framesStart) throw tooMuch(board, dma, owners)
    return {
        owners: placed,
        frameMemory: { address: framesStart, bytes: framesEnd - framesStart },
        vmRegion,
        nativeInVmRegion,
    }
}

function checkOwners(
    board: string,
    memories: readonly MemoryRegion[],
    owners: readonly OwnerBytes[]
): void {
    const refuse = (message: string): never => {
        throw new UsageError(`board ${board}: ${message}`)
    }
    const names = owners.map(({ name }) => name).join(", ")
    if (names !== RAM_OWNERS.join(", "))
        refuse(
            `ram has ${names}; it needs ${RAM_OWNERS.join(", ")}, in this order`
        )
    for (const { name, bytes } of memories)
        if (
            !Number.isInteger(bytes / MEMORY_GRAIN) ||
            bytes <= 0 ||
            bytes > MEMORY_MAX
        )
            refuse(
                `${name} has ${bytes} bytes: a memory of an STM32F4 has 1 KB to ${MEMORY_MAX / 1024} KB, in whole KB`
            )
    const dma = memories.find(memory => memory.dma)!.name
    const vm = owners.find(({ name }) => isVmOwner(name))!
    for (const { name, memory, bytes } of owners) {
        if (!Number.isInteger(bytes / OWNER_GRAIN) || bytes <= 0)
            refuse(
                `ram.${name} of ${bytes} bytes is not a multiple of ${OWNER_GRAIN}`
            )
        if (!memories.some(one => one.name === memory))
            refuse(
                `ram.${name} lies in ${memory}, which is none of its memories: ${memories.map(one => one.name).join(", ")}`
            )
        if (!isVmOwner(name) && memory !== dma)
            refuse(
                `ram.${name} lies in ${memory}: what is native lies in ${dma}, which DMA reaches, and apart from the VM`
            )
        if (isVmOwner(name) && memory !== vm.memory)
            refuse(
                `ram.${vm.name} lies in ${vm.memory} and ram.${name} in ${memory}: the VM's memory is one piece`
            )
    }
}

interface VmRegions {
    readonly vmStart: number
    readonly vmRegion: MpuRegion
    readonly nativeInVmRegion: MpuRegion
}

/** By the smallest eighths with which it works: they round up what the VM gets, or where frames can use the rest their eighths. */
function vmRegions(memory: MemoryRegion, bytes: number): VmRegions | undefined {
    for (
        let eighth = EIGHTH_LEAST;
        eighth * EIGHTHS <= 2 * memory.bytes;
        eighth *= 2
    ) {
        const size = eighth * EIGHTHS
        const step = memory.dma ? eighth / EIGHTHS : eighth
        const vmStart = end(memory) - roundUp(bytes, step)
        const address = Math.floor(vmStart / size) * size
        if (vmStart < memory.address || end(memory) > address + size) continue
        const first = Math.floor(vmStart / eighth) * eighth
        return {
            vmStart,
            vmRegion: region(address, size, first, end(memory)),
            nativeInVmRegion:
                first === vmStart
                    ? NO_REGION
                    : region(first, eighth, first, vmStart),
        }
    }
    return undefined
}

const NO_REGION: MpuRegion = { address: 0, bytes: 0, subregionsOff: 0 }

/** The eighths of a region that lie between two addresses. */
function region(
    address: number,
    bytes: number,
    from: number,
    to: number
): MpuRegion {
    let subregionsOff = 0
    for (let index = 0; index < EIGHTHS; index++) {
        const at = address + (index * bytes) / EIGHTHS
        if (at < from || at >= to) subregionsOff |= 1 << index
    }
    return { address, bytes, subregionsOff }
}

function roundUp(value: number, step: number): number {
    return Math.ceil(value / step) * step
}

function inOrder(address: number, owners: readonly OwnerBytes[]): RamOwner[] {
    let next = address
    return owners.map(owner => {
        const placed = { ...owner, address: next }
        next += owner.bytes
        return placed
    })
}

function checkSum(
    board: string,
    memory: MemoryRegion,
    owners: readonly OwnerBytes[]
): void {
    const used = sum(owners.filter(owner => owner.memory === memory.name))
    if (used > memory.bytes) throw tooMuch(board, memory, owners)
}

function tooMuch(
    board: string,
    memory: MemoryRegion,
    owners: readonly OwnerBytes[]
): UsageError {
    const here = owners.filter(owner => owner.memory === memory.name)
    return new UsageError(
        `board ${board}: the owners of ${memory.name} need ${sum(here)} bytes, it has ${memory.bytes}: ` +
            here.map(({ name, bytes }) => `${name} ${bytes}`).join(" + ") +
            (here.some(({ name }) => isVmOwner(name))
                ? ", the VM's together in eighths of a power of two"
                : "")
    )
}

function sum(owners: readonly OwnerBytes[]): number {
    return owners.reduce((bytes, owner) => bytes + owner.bytes, 0)
}

function end({ address, bytes }: Area): number {
    return address + bytes
}
