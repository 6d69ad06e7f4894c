#include "vitals/metrics/build_info.h"

#include <string_view>
#include <utility>
#include <vector>

VITALS_NAMESPACE_BEGIN

absl::Status AddBuildInfo(Registry& registry, const BuildInfo& info) {
  if (info.name.empty()) {
    return absl::InvalidArgumentError("the name is empty: give that of the program");
  }
  std::vector<Label> labels;
  for (const auto& [name, value] : {std::pair("branch", &info.branch),
                                    {"compiler", &info.compiler},
                                    {"revision", &info.revision},
                                    {"version", &info.version}}) {
    if (!value->empty()) labels.push_back({name, *value});
  }
  const absl::StatusOr<Gauge> gauge = registry.AddGauge(
      {.name = info.name + "_build_info",
       .help = "A metric with the constant value 1, whose labels tell what the program was built "
               "from.",
       .const_labels = Labels(std::move(labels))});
  if (!gauge.ok()) return gauge.status();
  gauge->Set(1);
  return absl::OkStatus();
}

BuildInfo VitalsBuildInfo() { return {.name = "vitals", .version = VITALS_VERSION}; }

VITALS_NAMESPACE_END
