# Exact tests of R coin (and survival) on the vectors of the tests; its output stands beside it.
# Run:  Rscript exact_tests.R > exact_tests.txt
suppressMessages({library(coin); library(survival)})
cat("#", R.version.string, "coin", as.character(packageVersion("coin")),
    "survival", as.character(packageVersion("survival")), "\n")
show <- function(name, p) cat(name, format(as.numeric(p), digits = 15), "\n")
two <- function(treated, control) list(y = c(treated, control),
  z = factor(rep(c("t", "c"), c(length(treated), length(control))), levels = c("t", "c")))
means <- function(d, ...) pvalue(oneway_test(y ~ z, d, distribution = "exact", ...))
ranks <- function(d, ...) pvalue(wilcox_test(y ~ z, d, distribution = "exact", ...))

b <- two(c(8,10,8,6,4,4,2,5,4,3,8,5,3,7,3), c(4,8,7,9,15,5,6,6,8,6,7,7,10,8,3))
show("b_means", means(b)); show("b_ranks", ranks(b))
asat <- two(c(1.53,1.75,2.12,2.83,2.58,2.37,2.92,2.08,3.01,2.67,2.08,2.25,3.08,2.01,1.58),
            c(1.33,1.78,1.53,1.95,1.83,1.47,1.87,1.55,2.58,2.17,1.97,1.62,2.25,3.53,2.92,1.78,2.22,2.55,2.75))
show("asat_means", means(asat)); show("asat_ranks", ranks(asat))
bp <- two(c(94,108,110,90), c(80,94,85,90,90,90,108,94,78,105,88))
show("bloodp_means", means(bp)); show("bloodp_ranks", ranks(bp))
show("bloodp_means_greater", means(bp, alternative = "greater"))
show("bloodp_normal_scores", pvalue(normal_test(y ~ z, bp, distribution = "exact", ties.method = "average-scores")))
rotarod <- two(c(22,300,75,271,300,18,300,300,163,300,300,300), rep(300, 12))
show("rotarod_ranks", ranks(rotarod))

y <- c(3.5,11.0,9.2,6.5,5.1,8.5,7.5,8.2,4.7,10.4,3.1,5.4,7.7,9.8,12.2,12.9,6.6,11.3,11.0,8.2,11.6,13.7,13.5,10.9,
       12.2,5.8,12.3,13.3)
blocked <- function(z, sizes) pvalue(oneway_test(y ~ z | b, distribution = "exact",
  data.frame(y = y[seq_along(z)], z = factor(z, levels = c(1, 0)), b = factor(rep(seq_along(sizes), sizes)))))
show("y_blocks_of_4", blocked(c(1,0,1,0,0,1,0,1,1,0,1,0,1,0,0,1,1,0,0,1,0,0,1,1,0,1,0,1), rep(4, 7)))
show("y_blocks_mixed", blocked(c(1,0,1,0,1,1,0,0,1,0,0,1,0,1,0,1,0,0,1,1,0,1,0,1,0,1,1,0), c(4,6,4,6,8)))
show("y_blocks_strata", blocked(c(1,0,1,0,0,1,0,1,1,0,1,0,0,1,1,0,0,1,1,0,0,1,0,1,1,1,0,0), c(4,4,4,4,6,6)))

d <- c(0,1,-1,2,3,3,4,0,5,2,-2,6,3,1,4)
show("d_pratt", pvalue(wilcoxsign_test(d ~ rep(0, 15), distribution = "exact", zero.method = "Pratt")))
show("d_wilcoxon", pvalue(wilcoxsign_test(d ~ rep(0, 15), distribution = "exact", zero.method = "Wilcoxon")))

aml <- data.frame(t = c(9,13,13,18,23,28,31,34,45,48,161,5,5,8,8,12,16,23,27,30,33,43,45),
                  e = c(1,1,0,1,1,0,1,1,0,1,0,1,1,1,1,1,0,1,1,1,1,1,1), z = factor(rep(1:2, c(11, 12))))
show("aml_exact_log_rank", pvalue(logrank_test(Surv(t, e) ~ z, aml, distribution = "exact")))
fit <- survfit(Surv(t, e) ~ 1, aml[aml$z == 1, ], conf.type = "log-log")
show("aml_median", quantile(fit, 0.5)$quantile); show("aml_median_lower", quantile(fit, 0.5)$lower)
show("fisher_streptomycin", fisher.test(matrix(c(4, 51, 14, 38), 2))$p.value)
show("poisson_ratio_lower", poisson.test(c(11, 21), c(800, 3011))$conf.int[1])
show("poisson_ratio_upper", poisson.test(c(11, 21), c(800, 3011))$conf.int[2])
