#ifndef VITALS_TESTING_VALUE_H_
#define VITALS_TESTING_VALUE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/metrics/gatherer.h"
#include "vitals/model/labels.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// The value of one line of the page that `gatherer` makes now, by its name and all its labels:
///
///     Value(registry, "jobs_total", {{"status", "ok"}})
///     Value(registry, "job_seconds_count")
///     Value(registry, "job_seconds_bucket", {{"le", "0.5"}})
///
/// Labels are those of the page: constant ones included, and `le` as the page writes it. An integer
/// beyond 2^53 is rounded to the nearest double. NotFound, naming the series of that name, when
/// there is none such. Gathers everything: for tests.
VITALS_EXPORT absl::StatusOr<double> Value(Gatherer& gatherer, std::string_view name,
                                           const Labels& labels = {});

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTING_VALUE_H_
