// SPDX-License-Identifier: MIT
// The I2C call between a program and native code: DeviceScript._i2cTransaction(address, write, read).

/** Functions of the VM that the call uses; a value is passed by its address. */
export interface I2cCallExports {
    readonly memory: WebAssembly.Memory
    readonly __indirect_function_table: WebAssembly.Table
    devs_arg_int(context: number, index: number): number
    devs_bufferish_data(context: number, value: number, sizeOut: number): number
    devs_buffer_data(context: number, value: number, sizeOut: number): number
    devs_buffer_is_writable(context: number, value: number): number
    devs_ret_int(context: number, value: number): void
}

/** @returns 0 or a negative status, which a driver gets as an I2CError */
export type I2cTransfer = (
    address: number,
    write: Uint8Array,
    read: Uint8Array
) => number

/** From the VM's context to argument 0 of the native call; 8 bytes each. Read off devs_arg_int. */
const ARGUMENTS_OFFSET = 96
const VALUE_BYTES = 8
const UNDEFINED = 0n
const NOTHING = new Uint8Array(0)

/** Status when the third argument is no buffer that can be written. */
export const READ_BUFFER_NOT_WRITABLE = -3

/** (module (import "m" "f" (func (param i32))) (export "f" (func 0))): makes a table entry of a JavaScript function. */
const TRAMPOLINE = new WebAssembly.Module(
    Uint8Array.from([
        ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
        ...[1, 5, 1, 0x60, 1, 0x7f, 0], // types: (i32) -> ()
        ...[2, 7, 1, 1, 0x6d, 1, 0x66, 0, 0], // imports: m.f, a function of type 0
        ...[7, 5, 1, 1, 0x66, 0, 0], // exports: f, function 0
    ])
)

/**
 * A native function of the VM, (context) -> (), written in JavaScript.
 * WebAssembly tables take only functions that come out of WebAssembly.
 */
export function nativeFunction(
    call: (context: number) => void
): CallableFunction {
    const { exports } = new WebAssembly.Instance(TRAMPOLINE, { m: { f: call } })
    return exports["f"] as CallableFunction
}

/**
 * The implementation of `_i2cTransaction` to put into the VM's function table.
 *
 * @param scratch address of 16 bytes in the VM's memory that belong to the call
 * @param transfer sees the program's own buffers, not copies; they are lent for the call
 * @param entered told of each call first, with the address of the VM's context
 */
export function i2cCall(
    vm: I2cCallExports,
    scratch: number,
    transfer: I2cTransfer,
    entered: (context: number) => void = () => {}
): CallableFunction {
    // The VM's memory never grows, so that the views stay valid.
    const bytes = new Uint8Array(vm.memory.buffer)
    const words = new DataView(vm.memory.buffer)
    const sizeOut = scratch
    const value = scratch + 8

    const argument = (context: number, index: number): bigint => {
        const raw = words.getBigUint64(
            context + ARGUMENTS_OFFSET + VALUE_BYTES * index,
            true
        )
        words.setBigUint64(value, raw, true)
        return raw
    }
    const view = (address: number): Uint8Array => {
        const size = words.getUint32(sizeOut, true)
        return bytes.subarray(address, address + size)
    }

    return nativeFunction(context => {
        entered(context)
        const address = vm.devs_arg_int(context, 0)
        argument(context, 1)
        const writeAt = vm.devs_bufferish_data(context, value, sizeOut)
        const write = writeAt === 0 ? NOTHING : view(writeAt)
        let read: Uint8Array = NOTHING
        if (argument(context, 2) !== UNDEFINED) {
            if (vm.devs_buffer_is_writable(context, value) === 0)
                return vm.devs_ret_int(context, READ_BUFFER_NOT_WRITABLE)
            read = view(vm.devs_buffer_data(context, value, sizeOut))
        }
        vm.devs_ret_int(context, transfer(address, write, read))
    })
}
