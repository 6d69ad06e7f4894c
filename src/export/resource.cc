#include "vitals/export/resource.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

VITALS_NAMESPACE_BEGIN

Resource Resource::Default() {
  const std::string executable = program_invocation_short_name;
  Resource resource;
  resource.Set("service.name", "unknown_service:" + executable);
  resource.Set("process.pid", std::int64_t{::getpid()});
  resource.Set("process.executable.name", executable);
  resource.Set("telemetry.sdk.name", "vitals");
  resource.Set("telemetry.sdk.language", "cpp");
  resource.Set("telemetry.sdk.version", VITALS_VERSION);
  return resource;
}

void Resource::Set(std::string_view key, AttributeValue value) {
  const auto known =
      std::find_if(attributes_.begin(), attributes_.end(),
                   [key](const Attribute& attribute) { return attribute.key == key; });
  if (known != attributes_.end()) {
    known->value = std::move(value);
  } else {
    attributes_.push_back({std::string(key), std::move(value)});
  }
}

VITALS_NAMESPACE_END
