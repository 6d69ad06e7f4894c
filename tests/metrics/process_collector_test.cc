#include "vitals/metrics/process_collector.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/file_tree.h"
#include "vitals/metrics/lint.h"
#include "vitals/metrics/registry.h"

namespace vitals {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

// What a collector finds, by name and labels.
std::map<std::string, double> Collect(ProcessCollector& collector) {
  std::map<std::string, double> values;
  for (const CollectedFamily& family : collector.Collect()) {
    for (const CollectedSample& sample : family.samples) {
      const std::string labels = LabelText(sample.labels);
      values[labels.empty() ? family.name : family.name + '{' + labels + '}'] = sample.value;
    }
  }
  return values;
}

// A tree of files as a kernel would show them.
class ProcessCollectorTest : public ::testing::Test, protected vitals_test::FileTree {
 protected:
  std::map<std::string, double> Values() {
    ProcessCollector collector({.proc_path = At("proc"), .cgroup_path = At("cgroup")});
    return Collect(collector);
  }

  // The file of a program whose name is made to mislead.
  void WriteStat() {
    Write("proc/self/stat",
          "7 (a) b\n1 (c) S 1 7 7 0 -1 4194368 142 67 0 0 150 50 0 0 20 0 12 0 24800 4976640 560 "
          "18446744073709551615 1 1 0 0 0 0 0 65536 0 81922 1 0 0 17 0\n");
  }

  void WriteLimits(std::string_view address_space) {
    Write("proc/self/limits",
          "Limit                     Soft Limit           Hard Limit           Units     \n"
          "Max open files            1024                 20000                files     \n"
          "Max address space         " +
              std::string(address_space) + "            unlimited            bytes     \n");
  }

  void WriteNetstat() {
    Write("proc/self/net/netstat",
          "TcpExt: InOctets OutOctets\nTcpExt: 1 2\n"
          "IpExt: InNoRoutes InOctets OutOctets\nIpExt: 0 9861764094 9820676074\n");
  }
};

TEST_F(ProcessCollectorTest, ReadsAllFiles) {
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  WriteStat();
  WriteLimits("8388608");
  WriteNetstat();
  Write("proc/stat", "cpu 1 2 3\nintr 5\nbtime 1700000000\nprocesses 9\n");
  for (const char* const fd : {"0", "1", "2", "17"}) Write(std::string("proc/self/fd/") + fd, "");
  const std::map<std::string, double> expected = {
      {"process_cpu_seconds_total", 200 / ticks},
      {"process_max_fds", 1024},
      {"process_network_receive_bytes_total", 9861764094},
      {"process_network_transmit_bytes_total", 9820676074},
      {"process_open_fds", 4},
      {"process_resident_memory_bytes", 560.0 * static_cast<double>(sysconf(_SC_PAGESIZE))},
      {"process_start_time_seconds", 1700000000 + 24800 / ticks},
      {"process_threads", 12},
      {"process_virtual_memory_bytes", 4976640},
      {"process_virtual_memory_max_bytes", 8388608},
  };
  EXPECT_EQ(Values(), expected);
}

TEST_F(ProcessCollectorTest, AnUnlimitedLimitIsTheLargestNumber) {
  WriteLimits("unlimited");
  EXPECT_THAT(Values(), Contains(Pair("process_virtual_memory_max_bytes", 18446744073709551615.0)));
}

TEST_F(ProcessCollectorTest, ReadsPressureOfTheSystem) {
  Write("proc/pressure/cpu", "some avg10=2.12 avg60=3.09 avg300=9.74 total=398402859\n");
  Write("proc/pressure/io",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=1500000\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n");
  const std::map<std::string, double> expected = {
      {R"(process_pressure_cpu_waiting_seconds_total{scope="system"})", 398.402859},
      {R"(process_pressure_io_waiting_seconds_total{scope="system"})", 1.5},
      {R"(process_pressure_io_stalled_seconds_total{scope="system"})", 0.25},
  };
  EXPECT_EQ(Values(), expected);
}

TEST_F(ProcessCollectorTest, ReadsPressureOfTheCgroup) {
  Write("proc/self/cgroup", "1:cpu:/old\n0::/app.slice/worker\n");
  Write("proc/pressure/memory", "some avg10=0 avg60=0 avg300=0 total=9000000\n");
  Write("cgroup/app.slice/worker/memory.pressure",
        "some avg10=0 avg60=0 avg300=0 total=2000000\n"
        "full avg10=0 avg60=0 avg300=0 total=1000000\n");
  Write("proc/pressure/cpu", "some avg10=0 avg60=0 avg300=0 total=3000000\n");
  const std::map<std::string, double> expected = {
      {R"(process_pressure_cpu_waiting_seconds_total{scope="system"})", 3},
      {R"(process_pressure_memory_waiting_seconds_total{scope="cgroup"})", 2},
      {R"(process_pressure_memory_stalled_seconds_total{scope="cgroup"})", 1},
  };
  EXPECT_EQ(Values(), expected);
}

TEST_F(ProcessCollectorTest, LeavesOutWhatIsMissing) {
  EXPECT_THAT(Values(), IsEmpty());
  WriteStat();
  EXPECT_THAT(Values(), Contains(Key("process_threads")));
  EXPECT_THAT(Values(), Not(Contains(Key("process_start_time_seconds")))) << "no boot time";
}

TEST_F(ProcessCollectorTest, LeavesOutWhatIsMalformedAlone) {
  WriteNetstat();
  Write("proc/self/stat", "7 (a) S 1 7\n");
  Write("proc/stat", "btime soon\n");
  Write("proc/self/limits", "Max open files            many  2 files\n");
  Write("proc/self/cgroup", "0::/../other\n");
  Write("proc/pressure/cpu", "some avg10=2.12\nfull total=x\n");
  Write("proc/pressure/io", "");
  EXPECT_THAT(Values(), Each(Key(StartsWith("process_network_"))));
  Write("proc/self/net/netstat", "IpExt: InOctets OutOctets\nIpExt: 1\n");
  EXPECT_THAT(Values(), IsEmpty());
  Write("proc/self/net/netstat", "IpExt: InOctets OutOctets\n");
  EXPECT_THAT(Values(), IsEmpty());
  Write("proc/self/stat", "no parenthesis");
  EXPECT_THAT(Values(), IsEmpty());
}

TEST_F(ProcessCollectorTest, LeavesOutFilesThatAreTooLarge) {
  Write("proc/pressure/cpu", std::string(2u << 20, ' ') + "\nsome total=1\n");
  EXPECT_THAT(Values(), IsEmpty());
}

TEST(ThisProcessTest, IsToldOfByTheKernel) {
  ProcessCollector collector;
  std::map<std::string, double> values = Collect(collector);
  EXPECT_GE(values["process_threads"], 1);
  rlimit limit = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(values["process_max_fds"], static_cast<double>(limit.rlim_cur));
  EXPECT_GT(values["process_resident_memory_bytes"], 100'000);
  EXPECT_GT(values["process_virtual_memory_bytes"], values["process_resident_memory_bytes"]);
  const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_NEAR(values["process_start_time_seconds"], now.count(), 3600);
  const double open_files = values["process_open_fds"];
  const int file = dup(STDERR_FILENO);
  EXPECT_EQ(Collect(collector)["process_open_fds"], open_files + 1);
  close(file);
}

TEST(ThisProcessTest, PassesLint) {
  Registry registry;
  ASSERT_TRUE(registry.AddCollector(std::make_shared<ProcessCollector>()).ok());
  EXPECT_THAT(Lint(registry), IsEmpty());
  Snapshot snapshot;
  registry.Gather(snapshot);
  EXPECT_THAT(snapshot.errors(), IsEmpty());
}

}  // namespace
}  // namespace vitals
