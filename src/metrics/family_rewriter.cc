#include "metrics/family_rewriter.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fmt/format.h"
#include "metrics/collected_validation.h"
#include "vitals/model/names.h"

VITALS_NAMESPACE_BEGIN
namespace metrics {
namespace {

// Whether a series has a label of this name. Families of instruments list the names of theirs;
// what collectors found has them in the series alone.
bool HasOwnLabel(const MetricFamily& family, std::string_view name) {
  const std::vector<std::string>& names = family.description().label_names;
  if (!names.empty()) return std::find(names.begin(), names.end(), name) != names.end();
  for (std::size_t i = 0; i < family.size(); ++i) {
    if (family.label_text(i).empty()) continue;
    if (ParseLabelText(family.label_text(i)).Contains(name)) return true;
  }
  return false;
}

}  // namespace

absl::Status FamilyRewriter::Rewrite(std::size_t position, MetricFamily& family) {
  if (options_.prefix.empty() && options_.const_labels.empty()) return absl::OkStatus();
  if (absl::Status status = CheckLabels(family); !status.ok()) return status;
  if (position >= entries_.size()) entries_.resize(position + 1);
  Entry& entry = entries_[position];
  if (entry.source != family.shared_description()) {
    entry = {family.shared_description(), Describe(family.description())};
  }
  family.Redescribe(entry.result);
  return absl::OkStatus();
}

void FamilyRewriter::Truncate(std::size_t size) {
  if (size < entries_.size()) entries_.resize(size);
}

absl::Status FamilyRewriter::CheckLabels(const MetricFamily& family) const {
  const FamilyDescription& description = family.description();
  const bool has_states = description.kind == ValueKind::kStates;
  const std::string reserved =
      has_states ? options_.prefix + description.name : std::string(ReservedLabel(description));
  if (has_states) {
    if (absl::Status status = ValidateLabelName(reserved); !status.ok()) return status;
    if (description.const_labels.Contains(reserved) || HasOwnLabel(family, reserved)) {
      return absl::InvalidArgumentError(fmt::format(
          "with the prefix it needs the label \"{}\" for its states: rename yours", reserved));
    }
  }
  for (const Label& label : options_.const_labels) {
    if (label.name == reserved) {
      return absl::InvalidArgumentError(
          fmt::format("the constant label \"{}\" is reserved for the lines of this type: rename it",
                      label.name));
    }
    if (description.const_labels.Contains(label.name) || HasOwnLabel(family, label.name)) {
      return absl::InvalidArgumentError(
          fmt::format("it has the constant label \"{}\" of its member already", label.name));
    }
  }
  return absl::OkStatus();
}

std::shared_ptr<const FamilyDescription> FamilyRewriter::Describe(
    const FamilyDescription& source) const {
  auto result = std::make_shared<FamilyDescription>(source);
  result->name = options_.prefix + source.name;
  std::vector<Label> labels(source.const_labels.begin(), source.const_labels.end());
  labels.insert(labels.end(), options_.const_labels.begin(), options_.const_labels.end());
  result->const_labels = Labels(std::move(labels));
  // The label of its states is in the series, under the name without a prefix.
  const bool states_are_samples =
      source.type == MetricType::kStateSet && source.kind != ValueKind::kStates;
  if (states_are_samples && !options_.prefix.empty()) result->type = MetricType::kGauge;
  CompleteDescription(*result);
  return result;
}

}  // namespace metrics
VITALS_NAMESPACE_END
