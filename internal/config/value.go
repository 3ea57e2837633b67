package config

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"shiji/internal/fault"
)

// setter checks a value and writes it into a Config. The fault has no place yet.
type setter func(c *Config, value string) *fault.Error

// optional lets a value be empty, which leaves the field as it is.
func optional(set setter) setter {
	return func(c *Config, value string) *fault.Error {
		if value == "" {
			return nil
		}
		return set(c, value)
	}
}

func path(field func(*Config) *string) setter {
	return func(c *Config, value string) *fault.Error {
		if value == "" {
			return fault.New(fault.Missing, "config.empty")
		}
		if strings.ContainsRune(value, 0) {
			return fault.New(fault.Invalid, "config.path", value)
		}
		*field(c) = value
		return nil
	}
}

func address(field func(*Config) *string) setter {
	return func(c *Config, value string) *fault.Error {
		_, port, err := net.SplitHostPort(value)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return fault.New(fault.Invalid, "config.address", value)
		}
		*field(c) = value
		return nil
	}
}

// origin takes a scheme and a host: a path would not be honoured by links.
func origin(field func(*Config) *string) setter {
	return func(c *Config, value string) *fault.Error {
		u, err := url.Parse(strings.TrimSuffix(value, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.Scheme+"://"+u.Host != u.String() {
			return fault.New(fault.Invalid, "config.origin", value)
		}
		*field(c) = u.String()
		return nil
	}
}

func networks(c *Config, value string) *fault.Error {
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		network, err := netip.ParsePrefix(part)
		if one, e := netip.ParseAddr(part); err != nil && e == nil && one.Zone() == "" {
			network, err = netip.PrefixFrom(one, one.BitLen()), nil
		}
		if err != nil {
			return fault.New(fault.Invalid, "config.network", part)
		}
		c.Proxies = append(c.Proxies, network.Masked())
	}
	return nil
}

// postgres checks the form only, and never shows the value: it may hold a
// password.
func postgres(c *Config, value string) *fault.Error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Opaque != "" {
		return fault.New(fault.Invalid, "config.postgres")
	}
	c.DB = value
	return nil
}

type lasting = *time.Duration

func duration(field func(*Config) lasting, least, most string) setter {
	shortest, err := time.ParseDuration(least)
	longest, err2 := time.ParseDuration(most)
	if err != nil || err2 != nil {
		panic("config: bounds in the table: " + least + ", " + most)
	}
	return func(c *Config, value string) *fault.Error {
		d, err := time.ParseDuration(value)
		if err != nil {
			return fault.New(fault.Invalid, "config.duration", value)
		}
		if d < shortest || d > longest {
			return fault.New(fault.Invalid, "config.range", value, least, most)
		}
		*field(c) = d
		return nil
	}
}

func size(field func(*Config) *int64, least, most int64) setter {
	return func(c *Config, value string) *fault.Error {
		digits, unit := value, int64(1)
		for _, u := range []struct {
			name  string
			bytes int64
		}{{"KB", 1 << 10}, {"MB", 1 << 20}} {
			if d, ok := strings.CutSuffix(strings.ToUpper(value), u.name); ok {
				digits, unit = strings.TrimSpace(d), u.bytes
			}
		}
		n, err := strconv.ParseUint(digits, 10, 31)
		if err != nil {
			return fault.New(fault.Invalid, "config.size", value)
		}
		bytes := int64(n) * unit
		if bytes < least || bytes > most {
			return fault.New(fault.Invalid, "config.range", value, megabytes(least), megabytes(most))
		}
		*field(c) = bytes
		return nil
	}
}

func megabytes(n int64) string { return strconv.FormatInt(n>>20, 10) + "MB" }

func choice(field func(*Config) *string, values ...string) setter {
	return func(c *Config, value string) *fault.Error {
		if !slices.Contains(values, value) {
			return fault.New(fault.Invalid, "config.choice", value, strings.Join(values, "、"))
		}
		*field(c) = value
		return nil
	}
}
