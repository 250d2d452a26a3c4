package dev.millrace.platform.http.input;

import dev.millrace.platform.problem.Problem.FieldError;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.MessageInterpolator;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import java.lang.annotation.Annotation;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.hibernate.validator.HibernateValidator;

/**
 * Bean Validation without its language of messages: a message that is a template could be made to compute with what was sent, so
 * ours are fixed sentences filled from the annotation alone.
 */
final class Constraints {
    private static final Validator VALIDATOR = Validation.byProvider(HibernateValidator.class)
            .configure()
            .ignoreXmlConfiguration()
            .messageInterpolator(new AsWritten())
            .buildValidatorFactory()
            .getValidator();

    private Constraints() {}

    /** One fault for each constraint that does not hold, in the order of their pointers. */
    static List<FieldError> check(Object value) {
        return VALIDATOR.validate(value).stream()
                .map(Constraints::fault)
                .sorted(Comparator.comparing(FieldError::pointer).thenComparing(FieldError::detail))
                .toList();
    }

    private static FieldError fault(ConstraintViolation<?> violation) {
        Annotation constraint = violation.getConstraintDescriptor().getAnnotation();
        String written = violation.getMessageTemplate();
        String detail = written.startsWith("{") ? detail(constraint) : written;
        return new FieldError(Pointers.of(violation.getPropertyPath()), code(constraint, violation), detail);
    }

    private static String code(Annotation constraint, ConstraintViolation<?> violation) {
        return switch (constraint) {
            case NotNull missing -> "required";
            case NotBlank blank -> "required";
            case NotEmpty empty -> "required";
            case Pattern form -> "invalid_text";
            case Email form -> "invalid_text";
            default -> violation.getInvalidValue() == null ? "required" : "out_of_range";
        };
    }

    private static String detail(Annotation constraint) {
        return switch (constraint) {
            case NotNull missing -> "is required";
            case NotBlank blank -> "must not be blank";
            case NotEmpty empty -> "must not be empty";
            case Size size -> size(size);
            case Min least -> "must be at least " + least.value();
            case Max most -> "must be at most " + most.value();
            case DecimalMin least -> "must be at least " + least.value();
            case DecimalMax most -> "must be at most " + most.value();
            case Positive positive -> "must be more than 0";
            case PositiveOrZero positive -> "must not be negative";
            case Pattern form -> "does not have the right form";
            case Email form -> "must be an e-mail address";
            default -> "is not a value that is taken here";
        };
    }

    private static String size(Size size) {
        if (size.max() == Integer.MAX_VALUE) {
            return "must have a length of at least " + size.min();
        }
        return size.min() == 0
                ? "must have a length of at most " + size.max()
                : "must have a length of " + size.min() + " to " + size.max();
    }

    private static final class AsWritten implements MessageInterpolator {
        @Override
        public String interpolate(String template, Context context) {
            return template;
        }

        @Override
        public String interpolate(String template, Context context, Locale locale) {
            return template;
        }
    }
}
