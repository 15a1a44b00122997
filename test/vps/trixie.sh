#!/bin/sh
suite=trixie
. "${top_srcdir:-.}/test/vps/suite.sh"
