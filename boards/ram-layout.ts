// SPDX-License-Identifier: MIT
// Where in RAM each owner lies. What is native begins the memory that DMA reaches, frames follow; the VM's owners end their
// memory, as one piece that one region of the MPU covers (ARMv7-M Architecture Reference Manual B3.5: a power of two, at a
// multiple of itself, in eighths that can be left out).

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

/** The MPU's region for the VM. */
export interface VmRegion extends Area {
    /** Eighths that are not the VM's, the lowest in bit 0. */
    readonly subregionsOff: number
}

export interface RamLayout {
    readonly owners: readonly RamOwner[]
    readonly frameMemory: Area
    readonly vmRegion: VmRegion
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
 * @param owners native ones in the memory that DMA reaches, the VM's in one memory; the VM's heap gets what the eighths leave
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
    const region = vmRegion(vmMemory, sum(vm))
    if (region === undefined) throw tooMuch(board, vmMemory, owners)
    const vmBytes = end(vmMemory) - region.vmStart
    const left = vmBytes - sum(vm)
    const placed = [
        ...inOrder(dma.address, native),
        ...inOrder(
            region.vmStart,
            vm.map(owner =>
                owner.name === "vmHeap"
                    ? { ...owner, bytes: owner.bytes + left }
                    : owner
            )
        ),
    ]
    const framesStart = dma.address + sum(native)
    const framesEnd = vmMemory === dma ? region.vmStart : end(dma)
    if (framesEnd < framesStart) throw tooMuch(board, dma, owners)
    return {
        owners: placed,
        frameMemory: { address: framesStart, bytes: framesEnd - framesStart },
        vmRegion: region.region,
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
    const dma = memories.find(memory => memory.dma)!.name
    const vm = owners.find(({ name }) => isVmOwner(name))!
    for (const { name, memory, bytes } of owners) {
        if (!Number.isInteger(bytes / OWNER_GRAIN) || bytes <= 0)
            refuse(
                `ram.${name} of ${bytes} bytes is not a multiple of ${OWNER_GRAIN}`
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

/** By the smallest eighths with which it works: they round up what the VM gets. */
function vmRegion(
    memory: MemoryRegion,
    bytes: number
): { region: VmRegion; vmStart: number } | undefined {
    for (
        let eighth = EIGHTH_LEAST;
        eighth * EIGHTHS <= 2 * memory.bytes;
        eighth *= 2
    ) {
        const size = eighth * EIGHTHS
        const vmStart = end(memory) - Math.ceil(bytes / eighth) * eighth
        const address = Math.floor(vmStart / size) * size
        if (vmStart < memory.address || end(memory) > address + size) continue
        let subregionsOff = 0
        for (let index = 0; index < EIGHTHS; index++) {
            const at = address + index * eighth
            if (at < vmStart || at >= end(memory)) subregionsOff |= 1 << index
        }
        return { region: { address, bytes: size, subregionsOff }, vmStart }
    }
    return undefined
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
