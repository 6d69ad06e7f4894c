#include "vitals/model/labels.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "fmt/format.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN

Labels::Labels(std::initializer_list<Label> labels) : Labels(std::vector<Label>(labels)) {}

Labels::Labels(std::vector<Label> labels) : labels_(std::move(labels)) {
  std::sort(labels_.begin(), labels_.end());
}

bool Labels::Contains(std::string_view name) const {
  return std::any_of(labels_.begin(), labels_.end(),
                     [name](const Label& label) { return label.name == name; });
}

std::string_view Labels::Get(std::string_view name) const {
  for (const Label& label : labels_) {
    if (label.name == name) return label.value;
  }
  return {};
}

absl::Status ValidateLabels(const Labels& labels) {
  const Label* previous = nullptr;
  for (const Label& label : labels) {
    if (absl::Status status = ValidateLabelName(label.name); !status.ok()) return status;
    if (previous != nullptr && previous->name == label.name) {
      return absl::InvalidArgumentError(
          fmt::format("label \"{}\" is given twice: give each label once", label.name));
    }
    if (!base::IsValidUtf8(label.value)) {
      return absl::InvalidArgumentError(
          fmt::format("the value of label \"{}\" is not valid UTF-8", label.name));
    }
    previous = &label;
  }
  return absl::OkStatus();
}

VITALS_NAMESPACE_END
