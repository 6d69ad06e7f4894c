#ifndef VITALS_TESTING_COMPARE_H_
#define VITALS_TESTING_COMPARE_H_

#include <initializer_list>
#include <string_view>

#include "absl/status/status.h"
#include "vitals/base/config.h"
#include "vitals/metrics/gatherer.h"
#include "vitals/metrics/lint.h"

VITALS_NAMESPACE_BEGIN
namespace testing {

/// OK when the page that `gatherer` makes now says the same as `expected`, a page of the Prometheus
/// text format:
///
///     CollectAndCompare(registry, R"(
///         # HELP jobs_total Jobs done.
///         # TYPE jobs_total counter
///         jobs_total{status="ok"} 3
///     )", {"jobs_total"})
///
/// Help texts, types, labels, values and timestamps count; the order of families, series and labels
/// does not, nor how numbers are written. With `names`, only the families of these names are
/// compared, on both sides.
///
/// FailedPrecondition, with a line for each difference, when they differ. InvalidArgument when
/// `expected` is no page, with its line and column, and for a name that neither side has.
VITALS_EXPORT absl::Status CollectAndCompare(Gatherer& gatherer, std::string_view expected,
                                             std::initializer_list<std::string_view> names = {});

/// OK when Lint() has nothing to say of `gatherer`; else FailedPrecondition with a line for each
/// problem.
VITALS_EXPORT absl::Status CollectAndLint(Gatherer& gatherer, const LintOptions& options = {});

}  // namespace testing
VITALS_NAMESPACE_END

#endif  // VITALS_TESTING_COMPARE_H_
