#pragma once

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mb::outbound::testing {

/// An SMTP server on a free loopback port that keeps what it is told, one connection after the other. No TLS.
class smtp_sink {
public:
    /// @param replies  by command word ("RCPT", "DATA", "." for the content, "" for the greeting) where it is not the usual one;
    ///                 "drop" closes the connection, "hang" never answers
    explicit smtp_sink(std::map<std::string, std::string> replies = {}, std::string extensions = "")
        : replies_(std::move(replies)),
          extensions_(std::move(extensions))
    {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(listener_, 8) == 0);
        socklen_t size = sizeof at;
        REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port_ = ntohs(at.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    ~smtp_sink()
    {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }
    smtp_sink(smtp_sink const&) = delete;
    smtp_sink& operator=(smtp_sink const&) = delete;

    std::string url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }
    std::vector<std::string> commands() const
    {
        std::scoped_lock lock(mutex_);
        return commands_;
    }
    std::string content() const
    {
        std::scoped_lock lock(mutex_);
        return content_;
    }

private:
    void serve()
    {
        for (int peer = 0; (peer = ::accept(listener_, nullptr, nullptr)) >= 0; ::close(peer)) talk(peer);
    }

    /// @return whether the conversation goes on
    bool say(int peer, std::string const& command, std::string const& usual)
    {
        auto const other = replies_.find(command);
        auto const reply = other == replies_.end() ? usual : other->second;
        if (reply == "drop") return false;
        if (reply == "hang") {
            char ignored = 0;
            while (::recv(peer, &ignored, 1, 0) > 0) {}
            return false;
        }
        auto const line = reply + "\r\n";
        return ::send(peer, line.data(), line.size(), MSG_NOSIGNAL) > 0;
    }

    bool read_line(int peer, std::string& line)
    {
        line.clear();
        for (char c = 0; ::recv(peer, &c, 1, 0) == 1;) {
            line += c;
            if (line.ends_with("\r\n")) {
                line.resize(line.size() - 2);
                return true;
            }
        }
        return false;
    }

    void talk(int peer)
    {
        std::string line;
        bool goes_on = say(peer, "", "220 sink");
        while (goes_on && read_line(peer, line)) {
            auto const word = line.substr(0, line.find(' '));
            {
                std::scoped_lock lock(mutex_);
                commands_.push_back(line);
            }
            if (word == "EHLO") {
                goes_on = say(peer, word, extensions_.empty() ? "250 sink" : "250-sink\r\n250 " + extensions_);
            } else if (word == "AUTH") {
                goes_on = say(peer, "challenge", "334 ") && read_line(peer, line) && say(peer, word, "235 welcome");
                std::scoped_lock lock(mutex_);
                commands_.push_back(line);
            } else if (word == "DATA") {
                goes_on = say(peer, word, "354 go on") && replies_.count("DATA") == 0;
                std::string read;
                while (goes_on && read_line(peer, line) && line != ".") read += line + "\n";
                if (goes_on) {
                    std::scoped_lock lock(mutex_);
                    content_ = read;
                }
                goes_on = goes_on && say(peer, ".", "250 taken");
            } else {
                goes_on = say(peer, word, "250 ok");
            }
        }
    }

    std::map<std::string, std::string> const replies_;
    std::string const extensions_;
    int listener_ = -1;
    unsigned port_ = 0;
    std::mutex mutable mutex_;
    std::vector<std::string> commands_;
    std::string content_;
    std::thread thread_;
};

}  // namespace mb::outbound::testing
