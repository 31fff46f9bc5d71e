#include "waybill/runtime/shutdown.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>
#include <vector>

#include "waybill/runtime/file_descriptor.hpp"
#include "waybill/runtime/thread.hpp"

namespace waybill::runtime {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> note_stop(Shutdown* shutdown, int* count) {
  co_await shutdown->wait();
  ++*count;
}

/// How the child ended, and what it wrote to standard error.
struct Ended {
  int status = 0;
  std::string said;
};

/// Runs `body` in a child process that exits with what it returns. No thread may be running here at that
/// moment.
template <class Body>
Ended in_child(Body body) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  FileDescriptor reading(ends[0]);
  FileDescriptor writing(ends[1]);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(writing.get(), STDERR_FILENO);
    ::_exit(body());
  }
  writing.reset();
  Ended ended;
  char buffer[256];
  for (ssize_t got = 0; (got = ::read(reading.get(), buffer, sizeof buffer)) > 0;) {
    ended.said.append(buffer, static_cast<std::size_t>(got));
  }
  ::waitpid(child, &ended.status, 0);
  return ended;
}

TEST(Shutdown, runs_each_callback_once_in_their_order_at_the_first_signal) {
  for (const int signal : {SIGTERM, SIGINT}) {
    EventLoop loop;
    Shutdown shutdown(loop);
    std::vector<int> order;
    shutdown.on_stop([&order] { order.push_back(1); });
    shutdown.on_stop([&order, &loop] {
      order.push_back(2);
      loop.stop();
    });
    EXPECT_FALSE(shutdown.requested());
    ::kill(::getpid(), signal);
    loop.run();
    EXPECT_TRUE(shutdown.requested());
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
  }
}

TEST(Shutdown, resumes_every_task_that_waits_and_those_that_come_later) {
  EventLoop loop;
  Shutdown shutdown(loop);
  int resumed = 0;
  loop.spawn("first", note_stop(&shutdown, &resumed));
  loop.spawn("second", note_stop(&shutdown, &resumed));
  shutdown.on_stop([&] {
    loop.spawn("third", note_stop(&shutdown, &resumed));
    loop.finish();
  });
  ::kill(::getpid(), SIGTERM);
  loop.run();
  EXPECT_EQ(resumed, 3);
}

TEST(Shutdown, runs_a_callback_that_comes_after_the_stop_soon) {
  EventLoop loop;
  Shutdown shutdown(loop);
  shutdown.on_stop([&] { shutdown.on_stop([&loop] { loop.stop(); }); });
  shutdown.request();
  loop.run();
  EXPECT_TRUE(shutdown.requested());
}

TEST(Shutdown, can_be_requested_from_any_thread_without_a_signal) {
  EventLoop loop;
  Shutdown shutdown(loop);
  int stopped = 0;
  shutdown.on_stop([&] {
    ++stopped;
    loop.stop();
  });
  Thread other("other", [&shutdown] { shutdown.request(); });
  loop.run();
  EXPECT_EQ(stopped, 1);
}

// The operator who asks a second time means now, and a stuck loop must not be able to refuse.
TEST(Shutdown, ends_the_process_at_the_second_signal_also_when_the_loop_is_stuck) {
  for (const auto& [signal, said] :
       {std::pair{SIGTERM, "a second SIGTERM"}, std::pair{SIGINT, "a second SIGINT"}}) {
    const Ended ended = in_child([signal = signal] {
      EventLoop loop;
      Shutdown shutdown(loop);
      ::raise(SIGTERM);
      ::raise(signal);
      return 0;
    });
    ASSERT_TRUE(WIFEXITED(ended.status));
    EXPECT_EQ(WEXITSTATUS(ended.status), 128 + signal);
    EXPECT_EQ(ended.said,
              std::string(said) + ": the process ends at once, without finishing what it was doing\n");
  }
}

TEST(Shutdown, takes_a_signal_after_a_request_for_the_first) {
  const Ended ended = in_child([] {
    EventLoop loop;
    Shutdown shutdown(loop);
    int stops = 0;
    shutdown.on_stop([&stops] { ++stops; });
    shutdown.request();
    ::raise(SIGTERM);
    shutdown.on_stop([&loop] { loop.finish(); });
    loop.run();
    return stops;
  });
  ASSERT_TRUE(WIFEXITED(ended.status));
  EXPECT_EQ(WEXITSTATUS(ended.status), 1);
}

// By default either signal kills: one when a peer hangs up in the middle of a write, the other with the
// terminal.
TEST(Shutdown, survives_a_broken_pipe_and_a_hang_up) {
  const Ended ended = in_child([] {
    EventLoop loop;
    Shutdown shutdown(loop);
    ::raise(SIGPIPE);
    ::raise(SIGHUP);
    return shutdown.requested() ? 1 : 7;
  });
  ASSERT_TRUE(WIFEXITED(ended.status));
  EXPECT_EQ(WEXITSTATUS(ended.status), 7);
}

TEST(Shutdown, puts_back_what_it_found) {
  const Ended ended = in_child([] {
    EventLoop loop;
    { const Shutdown shutdown(loop); }
    ::raise(SIGTERM);
    return 0;
  });
  ASSERT_TRUE(WIFSIGNALED(ended.status));
  EXPECT_EQ(WTERMSIG(ended.status), SIGTERM);
}

using ShutdownDeathTest = testing::Test;

TEST(ShutdownDeathTest, a_second_one_in_a_process_is_a_bug) {
  EventLoop loop;
  const Shutdown shutdown(loop);
  EXPECT_DEATH(Shutdown another(loop), "one Shutdown at a time");
}

}  // namespace
}  // namespace waybill::runtime
