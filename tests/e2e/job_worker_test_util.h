#ifndef VITALS_TESTS_E2E_JOB_WORKER_TEST_UTIL_H_
#define VITALS_TESTS_E2E_JOB_WORKER_TEST_UTIL_H_

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "examples/job_worker/handler.h"
#include "examples/job_worker/job_context.h"
#include "vitals/metrics/registry.h"

namespace job_worker {

/// Answers what its function answers.
class FakeHandler final : public Handler {
 public:
  using Function = std::function<absl::StatusOr<std::string>(const JobContext&)>;

  explicit FakeHandler(Function function) : function_(std::move(function)) {}

  std::string_view name() const override { return "fake"; }

  absl::StatusOr<std::string> Run(const std::filesystem::path&,
                                  const JobContext& context) override {
    return function_(context);
  }

 private:
  const Function function_;
};

/// The value of a counter or gauge; for a histogram its count; -1 when there is no such series.
inline double ValueOf(vitals::Registry& registry, std::string_view name,
                      const vitals::Labels& labels = {}) {
  vitals::Snapshot snapshot;
  registry.Gather(snapshot);
  const vitals::MetricFamily* family = snapshot.Find(name);
  if (family == nullptr) return -1;
  for (std::size_t i = 0; i < family->size(); ++i) {
    if (family->labels(i) != labels) continue;
    const bool histogram = family->description().type == vitals::MetricType::kHistogram;
    return histogram ? static_cast<double>(family->Histogram(i).count()) : family->Number(i);
  }
  return -1;
}

/// A folder that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "vitals-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file, and the folders it is in.
  std::filesystem::path Write(std::string_view name, std::string_view content) const {
    std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace job_worker

#endif  // VITALS_TESTS_E2E_JOB_WORKER_TEST_UTIL_H_
