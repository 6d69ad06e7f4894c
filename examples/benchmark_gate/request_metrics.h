#ifndef VITALS_EXAMPLES_BENCHMARK_GATE_REQUEST_METRICS_H_
#define VITALS_EXAMPLES_BENCHMARK_GATE_REQUEST_METRICS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "vitals/metrics/registry.h"

/// What the host records of each request.
class RequestMetrics {
 public:
  static absl::StatusOr<RequestMetrics> Create(vitals::Registry& registry) {
    auto requests = registry.AddCounter(
        {.name = "http_requests_total", .help = "Requests answered."}, {"method", "status"});
    if (!requests.ok()) return requests.status();
    auto seconds = registry.AddHistogram(
        {.name = "http_request_duration_seconds", .help = "Duration of requests."}, {"method"});
    if (!seconds.ok()) return seconds.status();
    return RequestMetrics(*requests, *seconds);
  }

  void Count(std::string_view method, std::string_view status) const {
    requests_.With(method, status).Increment();
  }
  void Observe(std::string_view method, double seconds) const {
    seconds_.With(method).Observe(seconds);
  }

 private:
  RequestMetrics(vitals::Family<vitals::Counter, 2> requests,
                 vitals::Family<vitals::Histogram, 1> seconds)
      : requests_(requests), seconds_(seconds) {}

  vitals::Family<vitals::Counter, 2> requests_;
  vitals::Family<vitals::Histogram, 1> seconds_;
};

#endif  // VITALS_EXAMPLES_BENCHMARK_GATE_REQUEST_METRICS_H_
