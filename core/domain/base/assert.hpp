#pragma once

namespace mb {

/// Ends the process with the broken claim on standard error. A broken invariant must never go on serving.
[[noreturn]] void assertion_failed(char const* claim, char const* file, int line) noexcept;

}  // namespace mb

/// Checks an invariant of our own code, in release builds too. Never for input: bad input is a violation.
#define MB_ASSERT(claim) ((claim) ? static_cast<void>(0) : ::mb::assertion_failed(#claim, __FILE__, __LINE__))
