// The mistakes of test/support/kernel, for a program.
export {
    addsForever,
    divides,
    divisionTooLarge,
    endless,
    farAway,
    outputTooSmall,
    ownMemory,
    pastFrame,
    throws,
    writesPastFrame,
} from "../../../support/kernel/mistakes.kernel"
