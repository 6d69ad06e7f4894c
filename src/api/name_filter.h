#ifndef VITALS_SRC_API_NAME_FILTER_H_
#define VITALS_SRC_API_NAME_FILTER_H_

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "vitals/base/config.h"
#include "vitals/model/snapshot.h"

VITALS_NAMESPACE_BEGIN
namespace api {

/// The families that a scrape asks for, by `name[]` fields of its query, as the exporters and
/// libraries of Prometheus have it: `/metrics?name[]=jobs_total&name[]=job_seconds`.
class NameFilter {
 public:
  /// InvalidArgument for a query that cannot be decoded. Fields of other names are passed over.
  static absl::StatusOr<NameFilter> Create(std::string_view query);

  /// Leaves the families that were asked for, whole: a family is asked for by its name or by that
  /// of any of its lines, such as `job_seconds_bucket`, in either format. All of them where no name
  /// was given.
  void Apply(Snapshot& snapshot) const;

 private:
  bool Accepts(const FamilyDescription& family) const;

  std::set<std::string, std::less<>> names_;
};

}  // namespace api
VITALS_NAMESPACE_END

#endif  // VITALS_SRC_API_NAME_FILTER_H_
