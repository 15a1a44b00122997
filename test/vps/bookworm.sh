#!/bin/sh
suite=bookworm
. "${top_srcdir:-.}/test/vps/suite.sh"
