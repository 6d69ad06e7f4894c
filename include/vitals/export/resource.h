#ifndef VITALS_EXPORT_RESOURCE_H_
#define VITALS_EXPORT_RESOURCE_H_

#include <string>
#include <string_view>
#include <vector>

#include "vitals/base/config.h"
#include "vitals/model/span_data.h"

VITALS_NAMESPACE_BEGIN

/// What a process is to those who read its spans: OpenTelemetry's resource. A value.
///
///     auto resource = vitals::Resource::Default();
///     resource.Set("service.name", std::string("checkout"));
class VITALS_EXPORT Resource {
 public:
  struct Attribute {
    std::string key;
    AttributeValue value;
  };

  /// No attributes.
  Resource() = default;

  /// What OpenTelemetry's SDKs say unless they are told otherwise: `service.name`
  /// ("unknown_service:" and the name of the executable), `process.pid`,
  /// `process.executable.name`, and `telemetry.sdk.name`, `.language` and `.version`.
  static Resource Default();

  /// Adds an attribute, or replaces that of the same key. Keys and strings are UTF-8.
  void Set(std::string_view key, AttributeValue value);

  /// In the order in which they were added.
  const std::vector<Attribute>& attributes() const noexcept { return attributes_; }

 private:
  std::vector<Attribute> attributes_;
};

VITALS_NAMESPACE_END

#endif  // VITALS_EXPORT_RESOURCE_H_
