#ifndef VITALS_BENCH_WORKLOAD_H_
#define VITALS_BENCH_WORKLOAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// \file
/// What is recorded: the same names, bounds and values for vitals and for each of its twins.
/// Everything random has a fixed seed.

namespace bench {

/// Number of values and of ids that benchmarks walk through, over and over; a power of two. More
/// than branch predictors remember.
inline constexpr std::size_t kSampleCount = 65'536;

/// Buckets of the measured histograms, +Inf not counted.
inline constexpr std::size_t kBucketCount = 20;

/// Durations in seconds: lognormal, median 20 ms, spread over most of the buckets.
const std::vector<double>& RandomDurations();

/// 20 bounds for durations in seconds: 50 us to 100 s by steps of 1, 2 (2.5), 5.
const std::vector<double>& DurationBounds();

/// Uniform random ids below `limit`.
std::vector<std::uint16_t> RandomIds(std::uint16_t limit);

/// Values of the labels worker, operation and status.
using LabelValues = std::array<std::string, 3>;

/// Label values of series number `index`, different for every index.
LabelValues MakeLabelValues(std::size_t index);

}  // namespace bench

#endif  // VITALS_BENCH_WORKLOAD_H_
