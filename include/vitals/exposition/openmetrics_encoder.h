#ifndef VITALS_EXPOSITION_OPENMETRICS_ENCODER_H_
#define VITALS_EXPOSITION_OPENMETRICS_ENCODER_H_

#include <string>
#include <string_view>

#include "vitals/base/config.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN

/// Content type of a page in OpenMetrics 1.0.
inline constexpr std::string_view kOpenMetricsContentType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What a page of OpenMetrics shows beyond the values.
struct OpenMetricsOptions {
  /// Show when each counter, histogram and summary began, as `_created` lines, where it is known.
  /// Off as client_golang has it: Prometheus before 3.0 takes them for series of their own.
  bool created_samples = false;
};

/// Appends the snapshot to `page` in OpenMetrics 1.0, with units, exemplars and the closing
/// `# EOF`. Allocates only when `page` must grow. Costs about as much as EncodeText().
///
/// What has no form there is shown otherwise: a counter whose name does not end in `_total` with
/// type unknown, as client_golang does; an info without `_info` as a gauge; so is a counter
/// `x_total` or info `x_info` beside another family `x`. Left out are what a strict reader refuses
/// the page for: the sum (of a histogram, also the count, which is the bucket +Inf) that is
/// negative or NaN, or of a histogram with negative bounds, and negative values of quantiles.
VITALS_EXPORT void EncodeOpenMetrics(const Snapshot& snapshot, const OpenMetricsOptions& options,
                                     std::string& page);

VITALS_NAMESPACE_END

#endif  // VITALS_EXPOSITION_OPENMETRICS_ENCODER_H_
