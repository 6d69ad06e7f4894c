#ifndef VITALS_SRC_HEALTH_FIGURES_H_
#define VITALS_SRC_HEALTH_FIGURES_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "vitals/base/config.h"

/// \file
/// Figures with their units, for people.

VITALS_NAMESPACE_BEGIN
namespace health {

/// "812 MiB", "1.5 GiB": with one decimal at most.
std::string FormatBytes(std::uint64_t bytes);

/// "250 ms", "42 s", "7 min 12 s", "3 h 5 min", "2 d 4 h". Of the longer ones, what is less than
/// the second unit is left out.
std::string FormatDuration(std::chrono::nanoseconds duration);

/// Exactly, as options are given: "0.001 s", "86400 s".
std::string FormatSeconds(std::chrono::nanoseconds duration);

/// "12.5%" for 0.125: three digits at least.
std::string FormatPercent(double ratio);

}  // namespace health
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_HEALTH_FIGURES_H_
