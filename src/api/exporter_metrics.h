#ifndef VITALS_SRC_API_EXPORTER_METRICS_H_
#define VITALS_SRC_API_EXPORTER_METRICS_H_

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/metrics/registry.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// What an exporter tells of its own scrapes.
struct ExporterMetrics {
  Gauge scrapes_in_flight;
  Histogram scrape_duration_seconds;  ///< until the page is encoded; sending is not in it
  Histogram page_bytes;               ///< before compression
  Counter ok;                         ///< scrapes by status
  Counter bad_request;
  Counter failed;
  Counter left_out;  ///< collectors and families that a page had to leave out

  /// Adds them to a registry: `vitals_exporter_...`. Fails where the host has families of these
  /// names.
  static absl::StatusOr<ExporterMetrics> Create(Registry& registry);
};

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_EXPORTER_METRICS_H_
