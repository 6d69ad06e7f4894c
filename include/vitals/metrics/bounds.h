#ifndef VITALS_METRICS_BOUNDS_H_
#define VITALS_METRICS_BOUNDS_H_

#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "vitals/base/config.h"

VITALS_NAMESPACE_BEGIN

/// The upper bounds of a histogram's buckets, inclusive, in rising order and without +Inf, which
/// every histogram has. A plain list: it is checked when it enters a registry, see Validate().
class VITALS_EXPORT Bounds {
 public:
  /// As many as a histogram may have.
  static constexpr std::size_t kMaxCount = 500;

  Bounds(std::initializer_list<double> bounds) : bounds_(bounds) {}
  explicit Bounds(std::vector<double> bounds) : bounds_(std::move(bounds)) {}

  /// `count` bounds: start, start + width, start + 2 width, ... `width` > 0.
  static Bounds Linear(double start, double width, std::size_t count);

  /// `count` bounds: start, start * factor, start * factor^2, ... `start` > 0, `factor` > 1.
  static Bounds Exponential(double start, double factor, std::size_t count);

  /// Seconds of a request to a service: 11 bounds from 5 ms to 10 s, as client_golang's defaults.
  static Bounds RequestSeconds();

  /// Seconds of a job: 1, 2, 4, ... 2048.
  static Bounds JobSeconds();

  /// Milliseconds as Envoy has them: 19 bounds from 0.5 ms to one hour.
  static Bounds EnvoyMilliseconds();

  /// InvalidArgument that names the first fault: no bound, too many, a NaN, an infinity before the
  /// end, one not above its predecessor. A last bound of +Inf is allowed, and means nothing.
  absl::Status Validate() const;

  const std::vector<double>& values() const { return bounds_; }

 private:
  std::vector<double> bounds_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_METRICS_BOUNDS_H_
