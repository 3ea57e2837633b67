package web

import (
	"errors"
	"net/http"

	"shiji/internal/fault"
)

// errorPage tells what is wrong and the way out.
type errorPage struct {
	Base
	Status   int
	Said     []*fault.Error
	Incident string // id under which the log explains what went wrong
}

// statusOf is the only place that knows HTTP's words for faults. The first fault
// of a list speaks for it.
func statusOf(err error) int {
	var e *fault.Error
	if !errors.As(err, &e) {
		faults := fault.All(err)
		if len(faults) == 0 {
			return http.StatusInternalServerError
		}
		e = faults[0]
	}
	switch e.Kind {
	case fault.Invalid, fault.Missing:
		return http.StatusUnprocessableEntity
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Refused:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

func titleOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "没有这个页面"
	case http.StatusForbidden, http.StatusMethodNotAllowed:
		return "不能这样做"
	case http.StatusConflict:
		return "内容已有变化"
	case http.StatusRequestEntityTooLarge:
		return "内容太大"
	case http.StatusUnprocessableEntity:
		return "有地方需要改正"
	case http.StatusServiceUnavailable:
		return "现在使用的人太多"
	}
	return "程序出错了"
}
