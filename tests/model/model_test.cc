#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "vitals/model/labels.h"
#include "vitals/model/metric_family.h"
#include "vitals/model/names.h"
#include "vitals/model/snapshot.h"

namespace vitals {
namespace {

TEST(LabelsTest, AreASetSortedByName) {
  const Labels labels = {{"b", "2"}, {"a", "1"}};
  EXPECT_EQ(labels, (Labels{{"a", "1"}, {"b", "2"}}));
  EXPECT_EQ(labels.begin()->name, "a");
  EXPECT_EQ(labels.Get("b"), "2");
  EXPECT_EQ(labels.Get("c"), "");
  EXPECT_EQ(labels.size(), 2u);
  EXPECT_TRUE(Labels().empty());
}

TEST(LabelTextTest, ReadsBackAsTheSameLabels) {
  const std::vector<std::string> values = {"",    "x",          "\"", "\\", "\n",
                                           "\\n", "a\"b\\c\nd", ",",  "=",  "{}"};
  for (const std::string& first : values) {
    for (const std::string& second : values) {
      const Labels labels = {{"a", first}, {"b", second}};
      EXPECT_EQ(ParseLabelText(LabelText(labels)), labels);
    }
  }
  EXPECT_EQ(ParseLabelText(""), Labels());
}

TEST(NamesTest, MetricAndLabelNamesDifferInColonsAndReservation) {
  EXPECT_TRUE(ValidateMetricName("job:requests:rate5m").ok());
  EXPECT_TRUE(ValidateMetricName("_x9").ok());
  EXPECT_TRUE(ValidateMetricName("__x").ok());
  EXPECT_FALSE(ValidateLabelName("a:b").ok());
  EXPECT_TRUE(ValidateLabelName("_a").ok());
  EXPECT_FALSE(ValidateLabelName("__a").ok());
  EXPECT_FALSE(ValidateLabelName(std::string(1, '\0')).ok());
  for (const char* const name : {"a", "_a", "a1", "", "1a", "a:b", "__a", "a-b"}) {
    EXPECT_EQ(IsValidLabelName(name), ValidateLabelName(name).ok()) << name;
  }
}

TEST(NamesTest, MessagesShowLongNamesCut) {
  const std::string name(1000, '-');
  const std::string message(ValidateMetricName(name).message());
  EXPECT_LT(message.size(), 300u);
  EXPECT_NE(message.find("...\""), std::string::npos);
}

TEST(MetricTypeTest, Names) {
  EXPECT_EQ(MetricTypeName(MetricType::kUntyped), "untyped");
  EXPECT_EQ(MetricTypeName(MetricType::kCounter), "counter");
  EXPECT_EQ(MetricTypeName(MetricType::kGauge), "gauge");
  EXPECT_EQ(MetricTypeName(MetricType::kHistogram), "histogram");
}

// A list of one series without labels.
class OneSeries : public SeriesList {
 public:
  std::span<const LabelBlock* const> blocks() const noexcept override { return blocks_; }

 private:
  LabelBlock block_;
  std::vector<const LabelBlock*> blocks_ = {&block_};
};

MetricFamily& AddOne(Snapshot& snapshot, const std::string& name, ValueKind kind,
                     std::uint64_t word) {
  auto description = std::make_shared<FamilyDescription>();
  description->name = name;
  description->kind = kind;
  CompleteDescription(*description);
  MetricFamily& family = snapshot.AddFamily();
  family.Reset(description, std::make_shared<OneSeries>())[0] = word;
  return family;
}

TEST(SnapshotTest, NumbersOfEveryKind) {
  Snapshot snapshot;
  AddOne(snapshot, "c", ValueKind::kUnsigned, 7);
  AddOne(snapshot, "a", ValueKind::kSigned, static_cast<std::uint64_t>(-7));
  AddOne(snapshot, "b", ValueKind::kDouble, std::bit_cast<std::uint64_t>(0.5));
  snapshot.SortByName();
  EXPECT_EQ(snapshot.families()[0].description().name, "a");
  EXPECT_EQ(snapshot.Find("a")->Number(0), -7);
  EXPECT_EQ(snapshot.Find("b")->Number(0), 0.5);
  EXPECT_EQ(snapshot.Find("c")->Number(0), 7);
  EXPECT_EQ(snapshot.Find("d"), nullptr);
  snapshot.DropLastFamily();
  EXPECT_EQ(snapshot.families().size(), 2u);
  snapshot.AddError("x");
  snapshot.Clear();
  EXPECT_TRUE(snapshot.families().empty());
  EXPECT_TRUE(snapshot.errors().empty());
}

}  // namespace
}  // namespace vitals
